import { pipeline } from "pipefile";

export default pipeline(
  {},
  {
    serve: {
      model: "model/model.pkl",
      cheksum: "model/checksum.txt", // error: 'cheksum' does not exist
    },
  },
);
