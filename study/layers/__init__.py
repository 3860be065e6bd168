"""The layers that networks are put together from, each with its forward and its backward pass."""

from study.layers.activations import ReLU as ReLU
from study.layers.activations import Sigmoid as Sigmoid
from study.layers.activations import Tanh as Tanh
from study.layers.base import Layer as Layer
from study.layers.batch_norm import BatchNorm as BatchNorm
from study.layers.convolution import Convolution as Convolution
from study.layers.dense import Dense as Dense
from study.layers.dropout import Dropout as Dropout
from study.layers.flatten import Flatten as Flatten
from study.layers.pooling import AveragePool as AveragePool
from study.layers.pooling import MaxPool as MaxPool
from study.layers.residual import Residual as Residual
from study.layers.softmax_loss import SoftmaxLoss as SoftmaxLoss
