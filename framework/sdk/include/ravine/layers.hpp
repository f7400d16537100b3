#pragma once

#include <ravine/layers/attention.hpp>
#include <ravine/layers/convolution.hpp>
#include <ravine/layers/dense.hpp>
#include <ravine/layers/elementwise.hpp>
#include <ravine/layers/norm.hpp>
#include <ravine/layers/recurrent.hpp>
#include <ravine/layers/sequence.hpp>
#include <ravine/layers/tape.hpp>

/// Networks from layers: a model records them once on a tape, which then has the functions that a model
/// needs. docs/layers.md has an example.
