#pragma once

#include <memory>
#include <vector>

#include "common/call.h"
#include "device/device_engine.h"
#include "model/encoder_stem.h"
#include "model/weights.h"

namespace amanuensis {

/** A linear map whose matrix is on a device. */
struct DeviceLinear {
  std::shared_ptr<const DeviceMatrix> matrix;
  Buffer bias;  // [columns]

  int64_t bytes() const { return matrix->bytes() + bias.bytes(); }
};

/** An encoder whose layers multiply on a device; the convolutions and what is no product stay on the processor. */
struct DeviceEncoderWeights {
  struct Layer {
    LayerNorm attention_norm, mlp_norm;
    DeviceLinear qkv, out_proj, fc1, fc2;
  };

  EncoderWeights rest;  // without layers
  std::vector<Layer> layers;
  int64_t products;  // of the device's numbers that stand for one: 1 or 3
  std::shared_ptr<DeviceEngine> engine;

  int64_t bytes() const;
};

/**
 * Puts the layers' matrices onto the device. weights: layers of float32. products: 1, or 3: inputs and weights are each
 * cut into a number that the device holds exactly and what is left of it, and all but the product of the two rests is
 * computed. Then it matters no more how the device rounds.
 */
DeviceEncoderWeights place_on_device(EncoderWeights weights, const Dimensions &dimensions, const Kernels &kernels,
                                     int64_t products, std::shared_ptr<DeviceEngine> engine);

/** As Encoder, with the products of the layers on a device. While it waits for one it holds no core. */
class DeviceEncoder {
 public:
  /** attention: that of the numbers it shall be computed in. */
  DeviceEncoder(const DeviceEncoderWeights &weights, const Dimensions &dimensions, const Kernels &kernels,
                const EncoderAttention &attention);

  /** As Encoder::run. Throws what DeviceEngine::multiply does. */
  const float *run(const Call &call, const float *mel, int64_t positions);

  int64_t bytes() const;

 private:
  using Work = std::shared_ptr<DeviceWork>;

  /** Working memory of one member of a team. */
  struct Scratch {
    Bytes scores;  // of the attention kernel
    Buffer row;    // [3 x width] or [ffn], the larger
  };

  void make_scratch(int members);
  void put_input(const float *row, int64_t depth, DeviceWork &work, int64_t at);
  void normalise(Team &team, const LayerNorm &norm, DeviceWork &work);
  void normalise_last(Team &team);
  void attend(Team &team, const DeviceLinear &qkv, const DeviceWork &projected, DeviceWork &next);
  void add_to_stream(Team &team, const DeviceLinear &linear, const DeviceWork &work);
  void activate(Team &team, const DeviceLinear &linear, const DeviceWork &work, DeviceWork &next);
  void multiply(const Call &call, const DeviceLinear &linear, Work &work);
  void run_layers(const Call &call, const float *mel);

  const DeviceEncoderWeights &weights_;
  const Kernels &kernels_;
  const EncoderAttention &attention_;
  int64_t most_positions_, width_, ffn_, heads_, head_width_;
  int64_t positions_ = 0;  // of the window at work
  EncoderStem stem_;
  Buffer x_;                           // [positions][width]
  Bytes qkv_;                          // [positions][3 x width] of the attention's numbers
  Bytes attended_;                     // [positions][width] of the same
  Bytes packed_keys_, packed_values_;  // [heads]
  std::vector<Scratch> scratch_;       // by member
  Work to_qkv_, to_out_, to_fc1_, to_fc2_;
};

}  // namespace amanuensis
