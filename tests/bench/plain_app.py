"""The plain way: one Streamlit script that imports TensorFlow and predicts in each run.

What the page is measured against: the same experiment as the app's first page (6 steps of 3 features,
4 units), the same flags, the same pictures, one `st.plotly_chart` each, the returned tensors and the code.
"""

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st
import tensorflow as tf
from tensorflow import keras

TIMESTEPS, FEATURES, UNITS, SEED = 6, 3, 4, 0

st.set_page_config(page_title="LSTM, the plain way", layout="wide")
st.title("LSTM, the plain way")

with st.sidebar:
    return_sequences = st.toggle("return_sequences", key="return_sequences")
    return_state = st.toggle("return_state", key="return_state")
    go_backwards = st.toggle("go_backwards", key="go_backwards")
    unroll = st.toggle("unroll", key="unroll")

x = np.random.default_rng(SEED).normal(size=(1, TIMESTEPS, FEATURES)).astype("float32")

keras.utils.set_random_seed(SEED)
inputs = keras.Input(shape=(TIMESTEPS, FEATURES))
layer = keras.layers.LSTM(
    UNITS,
    return_sequences=return_sequences,
    return_state=return_state,
    go_backwards=go_backwards,
    unroll=unroll,
)
model = keras.Model(inputs, layer(inputs))
result = model.predict(x, verbose=0)
tensors = list(result) if return_state else [result]
names = ["output", "state_h", "state_c"][: len(tensors)]

# The layer gives no gates and only the last c, so the formulas are run by hand for the pictures.
kernel, recurrent_kernel, bias = layer.get_weights()
h = c = tf.zeros((1, UNITS))
steps = []
for step in reversed(range(TIMESTEPS)) if go_backwards else range(TIMESTEPS):
    z = tf.matmul(x[:, step], kernel) + tf.matmul(h, recurrent_kernel) + bias
    z_i, z_f, z_c, z_o = tf.split(z, 4, axis=1)
    i, f, o = tf.sigmoid(z_i), tf.sigmoid(z_f), tf.sigmoid(z_o)
    candidate = tf.tanh(z_c)
    c = f * c + i * candidate
    h = o * tf.tanh(c)
    steps.append({"h": h, "c": c, "i": i, "f": f, "candidate": candidate, "o": o})
values = {name: np.concatenate([step[name].numpy() for step in steps]) for name in steps[0]}

left, right = st.columns([2, 1])
with left:
    figure = go.Figure(go.Heatmap(z=x[0].T, colorscale="RdBu_r"))
    figure.update_layout(title="input", height=200, xaxis_title="step", yaxis_title="feature")
    st.plotly_chart(figure, key="input")
    for name in ("h", "c"):
        figure = go.Figure()
        for unit in range(UNITS):
            figure.add_scatter(y=values[name][:, unit], mode="lines+markers", name=f"unit {unit}")
        figure.update_layout(title=f"{name} over time", height=260, xaxis_title="step")
        st.plotly_chart(figure, key=f"{name} lines")
    for name in ("i", "f", "candidate", "o", "h", "c"):
        figure = go.Figure(go.Heatmap(z=values[name].T, colorscale="RdBu_r", zmin=-1, zmax=1))
        figure.update_layout(title=name, height=200, xaxis_title="step", yaxis_title="unit")
        st.plotly_chart(figure, key=f"{name} heatmap")
with right:
    flags = ["return_sequences", "return_state", "go_backwards", "unroll"]
    code = [
        f"inputs = keras.Input(shape=({TIMESTEPS}, {FEATURES}))",
        "outputs = keras.layers.LSTM(",
        f"    {UNITS},",
        *[f"    {flag}=True," for flag in flags if st.session_state[flag]],
        ")(inputs)",
        "model = keras.Model(inputs, outputs)",
        f"{', '.join(names)} = model.predict(x)",
    ]
    st.code("\n".join(code), language="python")

    st.subheader("Returned")
    st.table(pd.DataFrame({"name": names, "shape": [str(tensor.shape) for tensor in tensors]}))
    for name, tensor in zip(names, tensors, strict=True):
        st.text(f"{name}\n{np.array2string(tensor, precision=4, suppress_small=True)}")
