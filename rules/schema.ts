/** The penguins table as data: what each column holds, and what becomes of a row that lacks it. */

import type { Schema } from "pipefile/model";

export const penguins: Schema = {
  columns: [
    { name: "species", type: "category", nulls: "drop", categories: ["Adelie", "Chinstrap", "Gentoo"] },
    { name: "island", type: "category", nulls: "drop", categories: ["Biscoe", "Dream", "Torgersen"] },
    { name: "beak_length_mm", type: "number", nulls: "keep" },
    { name: "beak_depth_mm", type: "number", nulls: "keep" },
    { name: "flipper_length_mm", type: "number", nulls: "keep" },
    { name: "body_mass_g", type: "number", nulls: "drop" },
    { name: "sex", type: "category", nulls: "keep", categories: ["FEMALE", "MALE"] },
  ],
  // One bird's sex was written down as a stray point.
  nullTokens: [".", "NA"],
};
