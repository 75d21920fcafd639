import { pipeline } from "pipefile";

export default pipeline({}, { serve: { model: "model/model.pkl" } }); // error: Property 'checksum' is missing
