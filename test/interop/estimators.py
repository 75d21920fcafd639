"""Fits every kind of estimator that pipe reads, pickles each in every way, and prints what they predict, as JSON lines.

    python3 estimators.py penguins.csv folder
"""

import copy
import io
import json
import pickle
import sys
import warnings

import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

warnings.simplefilter("ignore")
source, folder = sys.argv[1:]
table = pd.read_csv(source).dropna()
names = ["beak_length_mm", "beak_depth_mm", "flipper_length_mm"]
X, y, species = table[names], table["body_mass_g"], table["species"]
many = table[["body_mass_g", "beak_length_mm"]]
sexes = table["sex"]

models = {
    "linear": LinearRegression().fit(X, y),
    "linear of an array": LinearRegression().fit(X.to_numpy(), y.to_numpy()),
    "linear without intercept": LinearRegression(fit_intercept=False).fit(X, y),
    "linear of positive coefficients": LinearRegression(positive=True).fit(X, y),
    "linear of floats of 4 bytes": LinearRegression().fit(X.to_numpy().astype("f4"), y.to_numpy().astype("f4")),
    "linear of many targets": LinearRegression().fit(X, many),
    "linear of one target in a table": LinearRegression().fit(X, many[["body_mass_g"]]),
    "linear of one feature": LinearRegression().fit(X[["flipper_length_mm"]], y),
    "ridge": Ridge(alpha=3.5).fit(X, y),
    "ridge of many targets": Ridge(alpha=3.5, solver="cholesky").fit(X, many),
    "ridge by saga": Ridge(alpha=3.5, solver="saga", random_state=0, max_iter=50).fit(X, y),
    "logistic of two": LogisticRegression(max_iter=500).fit(X, sexes),
    "logistic of two, multinomial": LogisticRegression(max_iter=500, multi_class="multinomial").fit(X, sexes),
    "logistic of three": LogisticRegression(max_iter=500).fit(X, species),
    "logistic of three, one versus rest": LogisticRegression(max_iter=500, multi_class="ovr").fit(X, species),
    "logistic by liblinear": LogisticRegression(solver="liblinear").fit(X, species),
    "logistic of numbers": LogisticRegression(max_iter=500).fit(X, species.astype("category").cat.codes),
    "logistic of texts in an array": LogisticRegression(max_iter=500).fit(X.to_numpy(), species.to_numpy().astype("U9")),
    "scaler": StandardScaler().fit(X),
    "scaler without mean": StandardScaler(with_mean=False).fit(X),
    "scaler without deviation": StandardScaler(with_std=False).fit(X),
    "scaler of nothing": StandardScaler(with_mean=False, with_std=False).fit(X),
    "pipeline to linear": make_pipeline(StandardScaler(), LinearRegression()).fit(X, y),
    "pipeline to ridge": Pipeline([("scale", StandardScaler()), ("fit", Ridge())]).fit(X, y),
    "pipeline to logistic": make_pipeline(StandardScaler(), LogisticRegression()).fit(X, species),
    "pipeline of scalers": make_pipeline(StandardScaler(with_std=False), StandardScaler()).fit(X),
    "pipeline with a gap": Pipeline([("none", "passthrough"), ("fit", Ridge())]).fit(X, y),
}

fortran = copy.deepcopy(models["linear of many targets"])
fortran.coef_ = np.asfortranarray(fortran.coef_)
models["linear in Fortran's order"] = fortran
sliced = copy.deepcopy(models["linear of many targets"])
sliced.coef_ = np.repeat(sliced.coef_, 2, axis=0)[::2]
models["linear of a slice"] = sliced
big = copy.deepcopy(models["linear"])
big.coef_ = big.coef_.astype(">f8")
models["linear, the highest byte first"] = big
whole = copy.deepcopy(models["linear"])
whole.coef_ = np.arange(len(names), dtype="i4")
models["linear of integers"] = whole


class Renaming(pickle._Pickler):
    """Names NumPy's parts as NumPy 2 does."""

    def save_global(self, obj, name=None):
        module = getattr(obj, "__module__", "")
        if not module.startswith("numpy.core"):
            return super().save_global(obj, name)
        self.save(module.replace("numpy.core", "numpy._core"))
        self.save(obj.__name__)
        self.write(pickle.STACK_GLOBAL)
        self.memoize(obj)

    dispatch = {**pickle._Pickler.dispatch, type(models): pickle._Pickler.save_dict}
    dispatch[type(lambda: 0)] = save_global


def renamed(model, protocol):
    out = io.BytesIO()
    Renaming(out, protocol).dump(model)
    return out.getvalue()


ways = {f"protocol {protocol}": lambda model, at=protocol: pickle.dumps(model, at) for protocol in (2, 3, 4, 5)}
ways |= {f"Python's own pickler, protocol {at}": lambda model, at=at: pickle._dumps(model, at) for at in (2, 4)}
ways |= {f"NumPy 2, protocol {at}": lambda model, at=at: renamed(model, at) for at in (4, 5)}

rows = X.head(60)
for kind, model in models.items():
    takes = getattr(model, "feature_names_in_", None)
    given = rows[list(takes)] if takes is not None else rows.to_numpy()
    if kind == "linear of floats of 4 bytes":
        given = given.astype("f8")
    scales = not hasattr(model, "predict")
    told = {
        "kind": kind,
        "rows": np.asarray(given).tolist(),
        "predictions": None if scales else np.asarray(model.predict(given)).tolist(),
        "probabilities": model.predict_proba(given).tolist() if hasattr(model, "predict_proba") else None,
        "transformed": np.asarray(model.transform(given)).tolist() if scales else None,
        "files": {},
    }
    for way, pickled in ways.items():
        path = f"{folder}/{kind}, {way}.pkl".replace(" ", "_")
        with open(path, "wb") as file:
            file.write(pickled(model))
        told["files"][way] = path
    print(json.dumps(told))
