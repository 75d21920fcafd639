"""The reference pipeline as one writes it with pandas and scikit-learn; bench/data.mjs runs it beside pipe's own.

    reference.py STEP FOLDER [ROWS]     a step of ingest, clean, train, score; FOLDER holds what they make
"""
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd

CATEGORIES = {
    "species": ["Adelie", "Chinstrap", "Gentoo"],
    "island": ["Biscoe", "Dream", "Torgersen"],
    "sex": ["FEMALE", "MALE"],
}
RANGES = {
    "beak_length_mm": (20, 80),
    "beak_depth_mm": (5, 40),
    "flipper_length_mm": (100, 300),
    "body_mass_g": (1000, 10_000),
}
COLUMNS = ["species", "island", "beak_length_mm", "beak_depth_mm", "flipper_length_mm", "body_mass_g", "sex"]
NEEDED = ["species", "island", "body_mass_g"]
FILLED = {"beak_length_mm": "mean", "beak_depth_mm": "mean", "flipper_length_mm": "median", "sex": "most_frequent"}
TARGET = "body_mass_g"
FEATURES = [name for name in COLUMNS if name != TARGET]
SEED, HOLDOUT = 7, 0.25
NULLS = ["", ".", "NA"]


def ingest(folder, rows):
    random = np.random.default_rng(1)
    shares = {name: random.random(rows) for name in COLUMNS if name != TARGET}
    signal = sum(weight * share for weight, share in enumerate(shares.values(), 1)) / sum(range(1, len(shares) + 1))
    shares[TARGET] = 0.1 + 0.7 * signal + 0.2 * random.random((rows, 4)).mean(axis=1)
    table = pd.DataFrame(index=range(rows))
    for name in COLUMNS:
        if name in CATEGORIES:
            texts = np.array(CATEGORIES[name], dtype=object)
            table[name] = texts[(shares[name] * len(texts)).astype(int)]
        else:
            least, greatest = RANGES[name]
            table[name] = (least + shares[name] * (greatest - least)).round(1)
        if name not in NEEDED:
            table[name] = table[name].mask(random.random(rows) < 0.01)
    table.to_csv(folder / "made.csv", index=False)


def clean(folder):
    texts = dict.fromkeys(CATEGORIES, str)
    raw = pd.read_csv(folder / "raw.csv", na_values=NULLS, keep_default_na=False, skipinitialspace=True, dtype=texts)
    if sorted(raw.columns) != sorted(COLUMNS):
        raise ValueError(f"the header is {list(raw.columns)}")
    wrong = pd.Series(False, index=raw.index)
    for name, (least, greatest) in RANGES.items():
        raw[name] = pd.to_numeric(raw[name])
        wrong |= raw[name].notna() & ~raw[name].between(least, greatest)
    for name, categories in CATEGORIES.items():
        wrong |= raw[name].notna() & ~raw[name].isin(categories)
    raw[wrong].to_csv(folder / "rejects.csv")
    typed = raw.loc[~wrong, COLUMNS]
    kept = typed.dropna(subset=NEEDED)
    if wrong.mean() > 0.01 or typed.isna().mean().max() > 0.2:
        raise ValueError("too many rows are wrong, or too many values are missing")
    kept.to_csv(folder / "clean.csv", index=False)
    report = {
        "rows": len(raw),
        "kept": len(kept),
        "dropped": len(typed) - len(kept),
        "rejected": int(wrong.sum()),
        "nulls": typed.isna().sum().to_dict(),
        "numbers": kept[list(RANGES)].agg(["count", "min", "max", "mean", "std"]).to_dict(),
        "categories": {name: kept[name].value_counts().to_dict() for name in CATEGORIES},
    }
    (folder / "clean.json").write_text(json.dumps(report, indent=2))


def train(folder):
    import joblib
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LinearRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    rows = cleaned(folder)
    out = held_out(len(rows))
    steps = []
    for name in FEATURES:
        parts = [SimpleImputer(strategy=FILLED[name])] if name in FILLED else []
        if name in CATEGORIES:
            # The first category is the base, as pipe has it.
            parts.append(OneHotEncoder(categories=[CATEGORIES[name]], drop="first", sparse_output=False))
        steps.append((name, make_pipeline(*parts), [name]))
    model = make_pipeline(ColumnTransformer(steps), LinearRegression())
    model.fit(rows.loc[~out, FEATURES], rows.loc[~out, TARGET])
    joblib.dump(model, folder / "model.joblib")
    line = model[-1]
    report = {
        "intercept": line.intercept_,
        "coefficients": dict(zip(names(), line.coef_.tolist())),
        "rows": {"train": int((~out).sum()), "test": int(out.sum())},
        "model": metrics(rows.loc[out, TARGET], model.predict(rows.loc[out, FEATURES])),
        "training": metrics(rows.loc[~out, TARGET], model.predict(rows.loc[~out, FEATURES])),
        "baseline": metrics(rows.loc[out, TARGET], np.full(out.sum(), rows.loc[~out, TARGET].mean())),
    }
    (folder / "metrics.json").write_text(json.dumps(report, indent=2))


def score(folder):
    import joblib

    rows = cleaned(folder)
    predictions = joblib.load(folder / "model.joblib").predict(rows[FEATURES])
    # Debian has no pyarrow, so no Parquet.
    rows.assign(prediction=predictions).to_csv(folder / "preds.csv", index=False)


def cleaned(folder):
    return pd.read_csv(folder / "clean.csv", na_values=[""], keep_default_na=False)


def held_out(rows):
    """The rows that pipe holds out, so that both fit the same ones: splitmix32, vectorised."""
    index = np.arange(1, rows + 1, dtype=np.uint32)
    bits = index * np.uint32(0x9E3779B9) + np.uint32(SEED * 0x85EBCA6B % 2**32)
    bits = (bits ^ (bits >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    bits = (bits ^ (bits >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return (bits ^ (bits >> np.uint32(16))) / 2**32 < HOLDOUT


def names():
    return [
        encoded
        for name in FEATURES
        for encoded in ([f"{name}={text}" for text in CATEGORIES[name][1:]] if name in CATEGORIES else [name])
    ]


def metrics(actual, predicted):
    from sklearn.metrics import mean_absolute_error, mean_absolute_percentage_error, mean_squared_error, r2_score

    return {
        "rmse": mean_squared_error(actual, predicted, squared=False),
        "mae": mean_absolute_error(actual, predicted),
        "r2": r2_score(actual, predicted),
        "mape": mean_absolute_percentage_error(actual, predicted),
    }


if __name__ == "__main__":
    step, folder, *rest = sys.argv[1:]
    {"ingest": ingest, "clean": clean, "train": train, "score": score}[step](Path(folder), *map(int, rest))
