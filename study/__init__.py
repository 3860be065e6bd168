"""The small NumPy package that the study journal teaches: one idea a module.

Read them in the order in which the ideas build on each other:

1. `perceptron` – weights, a bias and a threshold; why XOR needs two layers
2. `activations` – the functions that stand between the layers
3. `network` – the forward pass through a list of layers
4. `losses` – how wrong an output is, as one number
5. `gradient` – which way is downhill, and walking there
6. `mnist` – 70,000 handwritten digits, fetched once and checked
7. `training` – a two-layer network that learns them
8. `layers` – one layer a file, its backward pass beside its forward pass
9. `model` – layers in a row, and `gradient_check`, which tests what goes backwards
10. `initialization` – the random numbers that weights start from
11. `optimizers`, `schedules` – how weights move, and how fast
12. `data`, `augment`, `search` – what to learn from, and what to judge by
13. `trainer`, `checkpoint`, `parallel` – the training loop, resumed and shared between cores

`digits` draws digits where there is no MNIST, `train` made the weights that `weights` ships, and
`style` and `diagrams` make the figures of the pages. Only those last two need matplotlib.
"""

__version__ = "0.1.0"
