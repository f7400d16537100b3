// What nearly every shipped plugin includes, read once.
#pragma once

#include <ravine/landscape.hpp>
#include <ravine/model.hpp>
#include <ravine/optimizer.hpp>
#include <ravine/scheduler.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>
