import { rule } from "pipefile";

export const nothing = rule({ inputs: {}, outputs: {} }); // error: 'run' is missing
