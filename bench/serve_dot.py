"""The arithmetic of the reference model in as few words as it takes."""

import json
import os

DIGEST = os.environ["MODEL_DIGEST"]

with open(os.environ["MODEL_PATH"], encoding="utf-8") as file:
    MODEL = json.load(file)


def prediction_of(row):
    coefficients = iter(MODEL["coefficients"])
    total = MODEL["intercept"]
    for feature in MODEL["features"]:
        value = row[feature["name"]]
        if value is None:
            value = feature["fill"]
        if feature["type"] == "category":
            for category in feature["categories"][1:]:
                total += next(coefficients) * (category == value)
        else:
            total += next(coefficients) * value
    return total
