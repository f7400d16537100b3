#pragma once

#include <ravine/layers/functions.hpp>

#include <cstddef>

/// What a recurrent layer computes in one step from what enters each gate: for rows of examples, H units.
namespace ravine::detail {

/// A step forward of one example. `input` and `recurrent` are what enters the gates from x and from h; where
/// a cell adds them up anyway, `input` is the sum.
template <class T>
struct cell_forward {
  T* __restrict input;           // gates x H: becomes the gates' values
  T* __restrict recurrent;       // gates x H
  const T* __restrict h_before;  // H
  T* __restrict h;               // H
  const T* __restrict c_before;  // H: the memory
  T* __restrict c;               // H
  T* __restrict squashed;        // H: tanh of the memory
};

/// A step backward of one example.
template <class T>
struct cell_backward {
  T* __restrict input;           // gates x H: the gates' values become the gradient of what entered
  T* __restrict recurrent;       // gates x H: becomes the gradient of the recurrent part, if that is apart
  const T* __restrict h_before;  // H
  const T* __restrict c_before;  // H
  const T* __restrict squashed;  // H
  const T* __restrict dy;        // H: gradient of h from outside
  T* __restrict dh;              // H: from the step after; becomes what goes on past the gates
  T* __restrict dc;              // H: likewise of the memory
};

/// h = tanh(input + recurrent)
struct simple_cell {
  static constexpr std::size_t gates = 1;
  static constexpr bool recurrent_apart = false;
  static constexpr bool has_memory = false;

  template <class T>
  static void forward(std::size_t units, cell_forward<T> s) {
    for (std::size_t k = 0; k < units; ++k) s.h[k] = s.input[k] = vector_tanh(s.input[k]);
  }
  template <class T>
  static void backward(std::size_t units, cell_backward<T> s) {
    for (std::size_t k = 0; k < units; ++k) {
      const T h = s.input[k];
      s.input[k] = (s.dy[k] + s.dh[k]) * (1 - h * h);
      s.dh[k] = 0;
    }
  }
};

/// Gates r, z, n in PyTorch's order and form: n = tanh(input_n + r recurrent_n), h = (1 - z) n + z h_before.
struct gru_cell {
  static constexpr std::size_t gates = 3;
  static constexpr bool recurrent_apart = true;
  static constexpr bool has_memory = false;

  template <class T>
  static void forward(std::size_t units, cell_forward<T> s) {
    T* const __restrict ar = s.input, * const __restrict az = ar + units, * const __restrict an = az + units;
    const T *const rr = s.recurrent, *const rz = rr + units, *const rn = rz + units;
    for (std::size_t k = 0; k < units; ++k) {
      const T r = vector_sigmoid(ar[k] + rr[k]), z = vector_sigmoid(az[k] + rz[k]);
      const T n = vector_tanh(an[k] + r * rn[k]);
      ar[k] = r, az[k] = z, an[k] = n;
      s.h[k] = n + z * (s.h_before[k] - n);
    }
  }
  template <class T>
  static void backward(std::size_t units, cell_backward<T> s) {
    T* const __restrict ar = s.input, * const __restrict az = ar + units, * const __restrict an = az + units;
    T* const __restrict rr = s.recurrent, * const __restrict rz = rr + units, * const __restrict rn = rz + units;
    for (std::size_t k = 0; k < units; ++k) {
      const T r = ar[k], z = az[k], n = an[k], dh = s.dy[k] + s.dh[k];
      const T dn = dh * (1 - z) * (1 - n * n), dz = dh * (s.h_before[k] - n) * z * (1 - z);
      const T dr = dn * rn[k] * r * (1 - r);
      ar[k] = rr[k] = dr;
      az[k] = rz[k] = dz;
      an[k] = dn;
      rn[k] = dn * r;
      s.dh[k] = dh * z;
    }
  }
};

/// Gates i, f, g, o in PyTorch's order: c = f c_before + i g, h = o tanh(c).
struct lstm_cell {
  static constexpr std::size_t gates = 4;
  static constexpr bool recurrent_apart = false;
  static constexpr bool has_memory = true;

  template <class T>
  static void forward(std::size_t units, cell_forward<T> s) {
    T* const __restrict ai = s.input, * const __restrict af = ai + units, * const __restrict ag = af + units, * const __restrict ao = ag + units;
    for (std::size_t k = 0; k < units; ++k) {
      const T i = vector_sigmoid(ai[k]), f = vector_sigmoid(af[k]);
      const T g = vector_tanh(ag[k]), o = vector_sigmoid(ao[k]);
      const T c = f * s.c_before[k] + i * g, squashed = vector_tanh(c);
      ai[k] = i, af[k] = f, ag[k] = g, ao[k] = o;
      s.c[k] = c, s.squashed[k] = squashed;
      s.h[k] = o * squashed;
    }
  }
  template <class T>
  static void backward(std::size_t units, cell_backward<T> s) {
    T* const __restrict ai = s.input, * const __restrict af = ai + units, * const __restrict ag = af + units, * const __restrict ao = ag + units;
    for (std::size_t k = 0; k < units; ++k) {
      const T i = ai[k], f = af[k], g = ag[k], o = ao[k];
      const T dh = s.dy[k] + s.dh[k], dc = s.dc[k] + dh * o * (1 - s.squashed[k] * s.squashed[k]);
      ai[k] = dc * g * i * (1 - i);
      af[k] = dc * s.c_before[k] * f * (1 - f);
      ag[k] = dc * i * (1 - g * g);
      ao[k] = dh * s.squashed[k] * o * (1 - o);
      s.dc[k] = dc * f;
      s.dh[k] = 0;
    }
  }
};

}  // namespace ravine::detail
