"""What answers predictions with FastAPI as its documentation shows it."""

from typing import Optional

from fastapi import FastAPI
from pydantic import BaseModel

from serve_dot import DIGEST, prediction_of

app = FastAPI()


class Penguin(BaseModel):
    species: str
    island: str
    beak_length_mm: Optional[float]
    beak_depth_mm: Optional[float]
    flipper_length_mm: Optional[float]
    sex: Optional[str]


@app.post("/predict")
async def predict(penguin: Penguin):
    return {"prediction": prediction_of(penguin.dict()), "model": DIGEST}
