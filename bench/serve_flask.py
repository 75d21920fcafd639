"""What answers predictions with Flask as its documentation shows it."""

from flask import Flask, request

from serve_dot import DIGEST, prediction_of

app = Flask(__name__)


@app.post("/predict")
def predict():
    return {"prediction": prediction_of(request.get_json()), "model": DIGEST}
