#include "model/device_encoder.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "common/number_format.h"
#include "model/row_blocks.h"
#include "model/self_attention.h"

namespace amanuensis {
namespace {

/** Odd numbers of columns let a kernel read a group beyond the last row. */
constexpr int64_t kSlack = 64;

/** Numbers of a row that a term takes: whole blocks. */
int64_t term_depth(int64_t depth) {
  return quotient_up(depth, kBlockFloat) * kBlockFloat;
}

/** row: [depth]. high, low: [term_depth]; their sum is the row, and high is block floating point already. */
void split(const Kernels &kernels, const float *row, int64_t depth, float *high, float *low) {
  const int64_t padded = term_depth(depth);
  std::copy_n(row, depth, low);
  std::fill(low + depth, low + padded, 0.0f);
  kernels.block_float.round_rows(low, padded, false, high);
  std::transform(low, low + padded, high, low, std::minus<>());
}

/** Three products lie one after the other in the depth: inputs high, low and high times weights high, high and low. */
DeviceLinear place(Linear linear, int64_t rows, const Kernels &kernels, int64_t products, DeviceEngine &engine) {
  const PackedMatrix &weights = linear.weights;
  const int64_t depth = weights.depth(), padded = term_depth(depth);
  Buffer plain(depth);
  const auto column_of = [&](int64_t column, float *out) {
    if (products == 1) {
      weights.get_column(column, out);
      return;
    }
    weights.get_column(column, plain.data());
    split(kernels, plain.data(), depth, out, out + 2 * padded);
    std::copy_n(out, padded, out + padded);
  };
  PackedTiles tiles(engine.overlay(), rows, products == 1 ? depth : products * padded, weights.columns(), column_of);
  return {engine.add(std::move(tiles)), std::move(linear.bias)};
}

/** Floats in the numbers that attention reads. */
void store_numbers(const Kernels &kernels, const float *from, int64_t count, Number number, std::byte *to) {
  if (number == Number::kBfloat16) {
    kernels.block_float.bfloat16_of(from, count, reinterpret_cast<uint16_t *>(to));
  } else {
    std::copy_n(from, count, reinterpret_cast<float *>(to));
  }
}

void load_numbers(const std::byte *from, int64_t count, Number number, float *to) {
  if (number == Number::kBfloat16) {
    const auto *numbers = reinterpret_cast<const uint16_t *>(from);
    std::transform(numbers, numbers + count, to, float_of_bfloat16);
  } else {
    std::copy_n(reinterpret_cast<const float *>(from), count, to);
  }
}

}  // namespace

DeviceEncoderWeights place_on_device(EncoderWeights weights, const Dimensions &d, const Kernels &kernels,
                                     int64_t products, std::shared_ptr<DeviceEngine> engine) {
  DeviceEncoderWeights placed;
  const auto place_linear = [&](Linear &linear) {
    return place(std::move(linear), d.max_source_positions, kernels, products, *engine);
  };
  for (EncoderLayerWeights &layer : weights.layers) {
    placed.layers.push_back({std::move(layer.self_attn.norm), std::move(layer.mlp.norm),
                             place_linear(layer.self_attn.qkv), place_linear(layer.self_attn.out_proj),
                             place_linear(layer.mlp.fc1), place_linear(layer.mlp.fc2)});
  }
  weights.layers.clear();
  placed.rest = std::move(weights);
  placed.products = products;
  placed.engine = std::move(engine);
  return placed;
}

int64_t DeviceEncoderWeights::bytes() const {
  int64_t bytes = bytes_of(rest);
  for (const Layer &layer : layers) {
    bytes += layer.attention_norm.bytes() + layer.mlp_norm.bytes() + layer.qkv.bytes() + layer.out_proj.bytes() +
             layer.fc1.bytes() + layer.fc2.bytes();
  }
  return bytes;
}

DeviceEncoder::DeviceEncoder(const DeviceEncoderWeights &weights, const Dimensions &d, const Kernels &kernels,
                             const EncoderAttention &attention)
    : weights_(weights),
      kernels_(kernels),
      attention_(attention),
      most_positions_(d.max_source_positions),
      width_(d.d_model),
      ffn_(d.encoder_ffn_dim),
      heads_(d.encoder_attention_heads),
      head_width_(width_ / heads_),
      stem_(weights.rest, d),
      x_(most_positions_ * width_),
      qkv_((most_positions_ * 3 * width_ + kSlack) * bytes_of(attention.number)),
      attended_((most_positions_ * width_ + kSlack) * bytes_of(attention.number)),
      packed_keys_(heads_ * attention_.packed_bytes(most_positions_, head_width_)),
      packed_values_(packed_keys_.size()) {}

int64_t DeviceEncoder::bytes() const {
  int64_t bytes = stem_.bytes() + x_.bytes() + qkv_.bytes() + attended_.bytes() + packed_keys_.bytes() +
                  packed_values_.bytes();
  for (const Scratch &scratch : scratch_) {
    bytes += scratch.scores.bytes() + scratch.row.bytes();
  }
  for (const Work &work : {to_qkv_, to_out_, to_fc1_, to_fc2_}) {
    bytes += work ? work->in.bytes() + work->out.bytes() : 0;
  }
  return bytes;
}

void DeviceEncoder::make_scratch(int members) {
  while (static_cast<int>(scratch_.size()) < members) {
    scratch_.push_back(
        {Bytes(attention_.scratch_bytes(most_positions_, head_width_)), Buffer(std::max(3 * width_, ffn_))});
  }
}

const float *DeviceEncoder::run(const Call &call, const float *mel, int64_t positions) {
  positions_ = positions;
  const DeviceEncoderWeights::Layer &layer = weights_.layers.front();
  const auto work_of = [&](Work &work, const DeviceLinear &linear) {
    if (!work) {
      work = std::make_shared<DeviceWork>(most_positions_, linear.matrix->depth(), linear.matrix->columns());
    }
    work->rows = positions;
  };
  work_of(to_qkv_, layer.qkv);
  work_of(to_out_, layer.out_proj);
  work_of(to_fc1_, layer.fc1);
  work_of(to_fc2_, layer.fc2);
  run_layers(call, mel);
  return x_.data();
}

/** A team of threads for each stretch between two products, so that the cores are free while the device works. */
void DeviceEncoder::run_layers(const Call &call, const float *mel) {
  const std::vector<DeviceEncoderWeights::Layer> &layers = weights_.layers;
  {
    Team team(&call);
    stem_.run(team, mel, positions_, x_.data());
    normalise(team, layers.front().attention_norm, *to_qkv_);
  }
  for (size_t i = 0; i < layers.size(); ++i) {
    multiply(call, layers[i].qkv, to_qkv_);
    {
      Team team(&call);
      attend(team, layers[i].qkv, *to_qkv_, *to_out_);
    }
    multiply(call, layers[i].out_proj, to_out_);
    {
      Team team(&call);
      add_to_stream(team, layers[i].out_proj, *to_out_);
      normalise(team, layers[i].mlp_norm, *to_fc1_);
    }
    multiply(call, layers[i].fc1, to_fc1_);
    {
      Team team(&call);
      activate(team, layers[i].fc1, *to_fc1_, *to_fc2_);
    }
    multiply(call, layers[i].fc2, to_fc2_);
    {
      Team team(&call);
      add_to_stream(team, layers[i].fc2, *to_fc2_);
      if (i + 1 == layers.size()) {
        normalise_last(team);
      } else {
        normalise(team, layers[i + 1].attention_norm, *to_qkv_);
      }
    }
  }
}

/** Work that a failed product may still be using is left to it. */
void DeviceEncoder::multiply(const Call &call, const DeviceLinear &linear, Work &work) {
  try {
    weights_.engine->multiply(call, *linear.matrix, work);
  } catch (...) {
    work.reset();
    throw;
  }
}

/** A row of a map's inputs as the device multiplies it. row: [depth] */
void DeviceEncoder::put_input(const float *row, int64_t depth, DeviceWork &work, int64_t at) {
  if (weights_.products == 1) {
    std::copy_n(row, depth, work.in.data() + at * depth);
    return;
  }
  const int64_t padded = term_depth(depth);
  float *high = work.in.data() + at * weights_.products * padded;
  split(kernels_, row, depth, high, high + padded);
  std::copy_n(high, padded, high + 2 * padded);
}

void DeviceEncoder::normalise(Team &team, const LayerNorm &norm, DeviceWork &work) {
  make_scratch(team.members());
  each_row_block(team, positions_, [&](int64_t first, int64_t rows, int member) {
    float *normal = scratch_[static_cast<size_t>(member)].row.data();
    for (int64_t row = first; row < first + rows; ++row) {
      kernels_.layer_norm(x_.data() + row * width_, norm.scale.data(), norm.shift.data(), width_, normal);
      put_input(normal, width_, work, row);
    }
  });
}

void DeviceEncoder::normalise_last(Team &team) {
  const LayerNorm &norm = weights_.rest.norm;
  each_row_block(team, positions_, [&](int64_t first, int64_t rows, int) {
    for (float *row = x_.data() + first * width_; row < x_.data() + (first + rows) * width_; row += width_) {
      kernels_.layer_norm(row, norm.scale.data(), norm.shift.data(), width_, row);
    }
  });
}

void DeviceEncoder::add_to_stream(Team &team, const DeviceLinear &linear, const DeviceWork &work) {
  each_row_block(team, positions_, [&](int64_t first, int64_t rows, int) {
    for (int64_t row = first; row < first + rows; ++row) {
      kernels_.finish_row(work.out.data() + row * width_, linear.bias.data(), width_, Finish::kAdd,
                          x_.data() + row * width_);
    }
  });
}

void DeviceEncoder::activate(Team &team, const DeviceLinear &linear, const DeviceWork &work, DeviceWork &next) {
  make_scratch(team.members());
  each_row_block(team, positions_, [&](int64_t first, int64_t rows, int member) {
    float *hidden = scratch_[static_cast<size_t>(member)].row.data();
    for (int64_t row = first; row < first + rows; ++row) {
      kernels_.finish_row(work.out.data() + row * ffn_, linear.bias.data(), ffn_, Finish::kGelu, hidden);
      put_input(hidden, ffn_, next, row);
    }
  });
}

void DeviceEncoder::attend(Team &team, const DeviceLinear &qkv, const DeviceWork &projected, DeviceWork &next) {
  const int64_t number = bytes_of(attention_.number), columns = 3 * width_;
  make_scratch(team.members());
  each_row_block(team, positions_, [&](int64_t first, int64_t rows, int member) {
    float *sums = scratch_[static_cast<size_t>(member)].row.data();
    for (int64_t row = first; row < first + rows; ++row) {
      kernels_.finish_row(projected.out.data() + row * columns, qkv.bias.data(), columns, Finish::kStore, sums);
      store_numbers(kernels_, sums, columns, attention_.number, qkv_.data() + row * columns * number);
    }
  });
  SelfAttentionOfHeads{.kernel = attention_,
                       .positions = positions_,
                       .heads = heads_,
                       .head_width = head_width_,
                       .qkv = qkv_.data(),
                       .packed_keys = packed_keys_.data(),
                       .packed_values = packed_values_.data(),
                       .out = attended_.data()}
      .run(team, [&](int member) { return scratch_[static_cast<size_t>(member)].scores.data(); });
  each_row_block(team, positions_, [&](int64_t first, int64_t rows, int member) {
    float *attended = scratch_[static_cast<size_t>(member)].row.data();
    for (int64_t row = first; row < first + rows; ++row) {
      load_numbers(attended_.data() + row * width_ * number, width_, attention_.number, attended);
      put_input(attended, width_, next, row);
    }
  });
}

}  // namespace amanuensis
