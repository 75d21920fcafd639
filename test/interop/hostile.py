"""Writes pickles that do harm when Python loads them, and others that are no model, by name; and loads what it is given.

    python3 hostile.py write folder marker      the harm is a file called marker
    python3 hostile.py load                     paths on stdin; prints what each predicts, as JSON lines
"""

import collections
import decimal
import gzip
import io
import json
import os
import pickle
import subprocess
import sys
import warnings

# A process that was forked off has none of the other threads, and would wait for them.
os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np


class Calling:
    def __init__(self, function, *args):
        self.made = (function, args)

    def __reduce__(self):
        return self.made


def write(folder, marker):
    import joblib
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.linear_model import LinearRegression

    touch = f"touch {marker}"
    model = LinearRegression().fit([[1.0], [2.0]], [1.0, 2.0])
    deep = []
    for _ in range(400):
        deep = [deep]
    hidden = LinearRegression().fit([[1.0], [2.0]], [1.0, 2.0])
    hidden.coef_ = Calling(os.system, touch)
    objects = np.empty(1, dtype=object)
    objects[0] = Calling(os.system, touch)
    loops = []
    loops.append(loops)
    values = {
        "os.system": Calling(os.system, touch),
        "subprocess": Calling(subprocess.check_call, ["sh", "-c", touch]),
        "eval": Calling(eval, f"__import__('os').system({touch!r})"),
        "exec": Calling(exec, f"open({marker!r}, 'w')"),
        "open": Calling(open, marker, "w"),
        "numpy.load": Calling(np.load, marker),
        "in an estimator": hidden,
        "in an array of objects": objects,
        "in a list": [1, Calling(os.system, touch)],
        "in a key": {Calling(os.system, touch): 1},
        "another estimator": RandomForestRegressor(n_estimators=2).fit([[1.0], [2.0]], [1.0, 2.0]),
        "an ordered dict": collections.OrderedDict(a=1),
        "a decimal": decimal.Decimal("1.5"),
        "a set": {1, 2},
        "a complex number": 1j,
        "400 lists in one another": deep,
        "a list that holds itself": loops,
        "a random state": np.random.RandomState(0),
    }
    for name, value in values.items():
        for protocol in (0, 1, 2, 3, 4, 5):
            with open(f"{folder}/{name}, {protocol}.pkl", "wb") as file:
                file.write(pickle.dumps(value, protocol))
    joblib.dump(model, f"{folder}/joblib.pkl")
    joblib.dump(model, f"{folder}/joblib, compressed.pkl", compress=3)
    with gzip.open(f"{folder}/gzip.pkl", "wb") as file:
        pickle.dump(model, file)
    out = io.BytesIO()
    pickler = pickle.Pickler(out, 5, buffer_callback=lambda buffer: False)
    pickler.dump(model)
    with open(f"{folder}/out-of-band buffers.pkl", "wb") as file:
        file.write(out.getvalue())

    class Persistent(pickle.Pickler):
        def persistent_id(self, value):
            return "id" if isinstance(value, np.ndarray) else None

    out = io.BytesIO()
    Persistent(out, 4).dump(model)
    with open(f"{folder}/persistent ids.pkl", "wb") as file:
        file.write(out.getvalue())


def load():
    # Once, and not in each process that is forked off.
    import sklearn.linear_model
    import sklearn.pipeline
    import sklearn.preprocessing

    warnings.simplefilter("ignore")
    for line in sys.stdin.read().splitlines():
        # A damaged pickle may well take Python itself down.
        child = os.fork()
        if child == 0:
            print(told(line), flush=True)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            print(json.dumps({"error": f"signal {os.WTERMSIG(status)}"}), flush=True)


def told(path):
    try:
        with open(path, "rb") as file:
            model = pickle.load(file)
        rows = np.ones((2, model.n_features_in_)) * [[1.0], [2.5]]
        predicted = np.asarray(model.predict(rows)).tolist()
        # Beyond what JSON can say there is nothing to compare.
        return json.dumps(predicted, allow_nan=False)
    except Exception as error:
        return json.dumps({"error": f"{type(error).__name__}: {error}"})


if sys.argv[1] == "write":
    write(*sys.argv[2:])
else:
    load()
