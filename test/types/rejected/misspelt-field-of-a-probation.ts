import { pipeline } from "pipefile";

export default pipeline(
  {},
  {
    serve: {
      model: "model/model.pkl",
      checksum: "model/checksum.txt",
      probation: { requests: 100 }, // error: 'requests' does not exist
    },
  },
);
