/** The penguins table as data: what each column holds, and what becomes of a row that lacks it. */

import type { Schema } from "pipefile/model";

export const penguins: Schema = {
  columns: [
    { name: "species", type: "category", nulls: "drop", categories: ["Adelie", "Chinstrap", "Gentoo"] },
    { name: "island", type: "category", nulls: "drop", categories: ["Biscoe", "Dream", "Torgersen"] },
    { name: "beak_length_mm", type: "number", range: [20, 80], nulls: "mean" },
    { name: "beak_depth_mm", type: "number", range: [5, 40], nulls: "mean" },
    { name: "flipper_length_mm", type: "number", range: [100, 300], nulls: "median" },
    { name: "body_mass_g", type: "number", range: [1000, 10_000], nulls: "drop" },
    { name: "sex", type: "category", nulls: "mode", categories: ["FEMALE", "MALE"] },
  ],
  // One bird's sex was written down as a stray point.
  nullTokens: [".", "NA"],
};
