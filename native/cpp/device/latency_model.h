#pragma once

#include <algorithm>
#include <cstdint>

namespace amanuensis {

/**
 * How long a device would take: T = max(operations / R, bytes / B) + L a command, one after the other. A model with
 * published inputs, not a measurement. Defaults: shipped GEMM kernels of XDNA2 (8.9; seen 5.8 to 16.9), the memory rate
 * that they reach with packed weights, and their least time.
 */
struct LatencyModel {
  double tflops = 8.9;
  double gigabytes_a_second = 47;
  double launch_us = 107;

  /** operations: 2 a multiply-add. */
  double run_ns(double operations, double bytes) const {
    return std::max(operations / tflops * 1e-3, bytes / gigabytes_a_second) + launch_us * 1e3;
  }

  /** Of a product [m][k] x [k][n] with elements of as many bytes. */
  double product_ns(double m, double k, double n, double bytes_a, double bytes_b, double bytes_c) const {
    return run_ns(2 * m * k * n, m * k * bytes_a + k * n * bytes_b + m * n * bytes_c);
  }
};

}  // namespace amanuensis
