#include "model/weights.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "common/error.h"

namespace amanuensis {
namespace {

int64_t rounded_up(int64_t value, int64_t step) {
  return (value + step - 1) / step * step;
}

class WeightReader {
 public:
  WeightReader(Checkpoint &checkpoint, const Arithmetic &arithmetic, int64_t width)
      : checkpoint_(checkpoint), arithmetic_(arithmetic), width_(width) {}

  Buffer whole(const std::string &name, const std::vector<int64_t> &shape) {
    const Tensor &tensor = checkpoint_.take(name, shape);
    Buffer values(tensor.elements());
    read_finite(name, tensor, values.data());
    return values;
  }

  LayerNorm layer_norm(const std::string &name) {
    return {whole(name + ".weight", {width_}), whole(name + ".bias", {width_})};
  }

  /** factors: [in], what the input will have been divided by; or empty. */
  Linear linear(const std::string &name, int64_t out, int64_t in, const Buffer &factors = {}) {
    return side_by_side({name}, out, in, factors);
  }

  /** Linear maps of one input as one, except that names ending in k_proj have no bias. */
  Linear side_by_side(const std::vector<std::string> &names, int64_t out, int64_t in, const Buffer &factors = {}) {
    const auto count = static_cast<int64_t>(names.size());
    for (const std::string &name : names) {
      checkpoint_.take(name + ".weight", {out, in});  // so that memory is taken only for what the file holds
    }
    Linear linear = {PackedMatrix(arithmetic_, in, count * out), Buffer(rounded_up(count * out, arithmetic_.panel_columns))};
    for (int64_t i = 0; i < count; ++i) {
      const std::string &name = names[static_cast<size_t>(i)];
      set_columns(linear.weights, i * out, name, checkpoint_.take(name + ".weight", {out, in}), factors);
      if (!name.ends_with("k_proj")) {
        read_finite(name + ".bias", checkpoint_.take(name + ".bias", {out}), linear.bias.data() + i * out);
      }
    }
    return linear;
  }

  /** [out][in][3] to rows of [3][in], which lie side by side in a row-major [time][in]. */
  Linear convolution(const std::string &name, int64_t out, int64_t in) {
    constexpr int64_t kTaps = 3;
    const Tensor &tensor = checkpoint_.take(name + ".weight", {out, in, kTaps});
    Linear linear = {PackedMatrix(arithmetic_, kTaps * in, out), Buffer(rounded_up(out, arithmetic_.panel_columns))};
    Buffer filter(kTaps * in), turned(kTaps * in);
    for (int64_t column = 0; column < out; ++column) {
      tensor.read(column * kTaps * in, kTaps * in, filter.data());
      require_finite_row(name, column, filter);
      for (int64_t i = 0; i < kTaps * in; ++i) {
        turned.data()[i % kTaps * in + i / kTaps] = filter.data()[i];
      }
      linear.weights.set_column(column, turned.data());
    }
    read_finite(name + ".bias", checkpoint_.take(name + ".bias", {out}), linear.bias.data());
    return linear;
  }

  /** The embeddings as an output projection without a bias. */
  Linear embedding(const std::string &name, int64_t tokens) {
    const Tensor &tensor = checkpoint_.take(name + ".weight", {tokens, width_});
    Linear linear = {PackedMatrix(arithmetic_, width_, tokens), Buffer()};
    set_columns(linear.weights, 0, name, tensor, {});
    return linear;
  }

  SelfAttentionWeights self_attention(const std::string &layer) {
    const std::string name = layer + ".self_attn";
    const std::vector<std::string> maps = {name + ".q_proj", name + ".k_proj", name + ".v_proj"};
    LayerNorm norm = layer_norm(name + "_layer_norm");
    const Buffer factors = shift_range(norm, maps, width_);
    Linear qkv = side_by_side(maps, width_, width_, factors);
    return {std::move(norm), std::move(qkv), linear(name + ".out_proj", width_, width_)};
  }

  CrossAttentionWeights cross_attention(const std::string &layer) {
    const std::string name = layer + ".encoder_attn";
    LayerNorm norm = layer_norm(name + "_layer_norm");
    const Buffer factors = shift_range(norm, {name + ".q_proj"}, width_);
    Linear q_proj = linear(name + ".q_proj", width_, width_, factors);
    return {std::move(norm), std::move(q_proj), side_by_side({name + ".k_proj", name + ".v_proj"}, width_, width_),
            linear(name + ".out_proj", width_, width_)};
  }

  MlpWeights mlp(const std::string &layer, int64_t hidden) {
    LayerNorm norm = layer_norm(layer + ".final_layer_norm");
    const Buffer factors = shift_range(norm, {layer + ".fc1"}, hidden);
    Linear fc1 = linear(layer + ".fc1", hidden, width_, factors);
    return {std::move(norm), std::move(fc1), linear(layer + ".fc2", width_, hidden)};
  }

 private:
  /**
   * Where numbers are quantised row by row, a channel that a layer norm makes large takes the others' precision. Divides the
   * norm's channels by factors that the maps after it are multiplied with: the same function, with part of the range
   * moved from the numbers to the weights. A channel's size is estimated from the norm's gain and shift.
   * Source: SmoothQuant (Xiao et al., 2023), which takes it from data. Empty where nothing is quantised.
   */
  Buffer shift_range(LayerNorm &norm, const std::vector<std::string> &maps, int64_t out) {
    if (arithmetic_.right != Number::kInt8) {
      return {};
    }
    constexpr float kShare = 0.7f;  // of the range that is moved
    constexpr float kLeast = 1e-6f;
    Buffer largest(width_), row(width_);
    for (const std::string &name : maps) {
      const Tensor &tensor = checkpoint_.take(name + ".weight", {out, width_});
      for (int64_t i = 0; i < out; ++i) {
        tensor.read(i * width_, width_, row.data());
        for (int64_t k = 0; k < width_; ++k) {
          largest.data()[k] = std::max(largest.data()[k], std::abs(row.data()[k]));
        }
      }
    }
    Buffer factors(width_);
    double logarithms = 0;
    for (int64_t k = 0; k < width_; ++k) {
      const float size = std::hypot(norm.scale.data()[k], norm.shift.data()[k]);
      factors.data()[k] = std::pow(std::max(size, kLeast), kShare) /
                          std::pow(std::max(largest.data()[k], kLeast), 1.0f - kShare);
      logarithms += std::log(static_cast<double>(factors.data()[k]));
    }
    const auto middle = static_cast<float>(std::exp(logarithms / static_cast<double>(width_)));
    for (int64_t k = 0; k < width_; ++k) {
      factors.data()[k] /= middle;
      norm.scale.data()[k] /= factors.data()[k];
      norm.shift.data()[k] /= factors.data()[k];
    }
    return factors;
  }

  /** A number that is not finite has no place among bytes, and would be lost there. */
  static void require_finite_row(const std::string &name, int64_t at, const Buffer &row) {
    if (first_not_finite(row.data(), row.size()) != row.size()) {
      fail(AM_ERROR_MODEL, "tensor ", name, ".weight holds NaN or infinity in row ", at);
    }
  }

  static void read_finite(const std::string &name, const Tensor &tensor, float *out) {
    const int64_t count = tensor.elements();
    tensor.read(0, count, out);
    if (const int64_t at = first_not_finite(out, count); at != count) {
      fail(AM_ERROR_MODEL, "tensor ", name, " holds NaN or infinity: element ", at);
    }
  }

  static int64_t first_not_finite(const float *numbers, int64_t count) {
    return std::find_if(numbers, numbers + count, [](float x) { return !std::isfinite(x); }) - numbers;
  }

  static void set_columns(PackedMatrix &matrix, int64_t first, const std::string &name, const Tensor &rows,
                          const Buffer &factors) {
    Buffer row(rows.shape[1]);
    for (int64_t i = 0; i < rows.shape[0]; ++i) {
      rows.read(i * row.size(), row.size(), row.data());
      require_finite_row(name, i, row);
      for (int64_t k = 0; k < factors.size(); ++k) {
        row.data()[k] *= factors.data()[k];
      }
      matrix.set_column(first + i, row.data());
    }
  }

  Checkpoint &checkpoint_;
  const Arithmetic &arithmetic_;
  int64_t width_;
};

/** Some exporters write the output projection although it is the embedding; another projection is another model. */
void take_tied_projection(Checkpoint &checkpoint, const std::string &embedding, const std::vector<int64_t> &shape) {
  const std::string alias = "proj_out.weight";
  if (!checkpoint.has(alias)) {
    return;
  }
  const Tensor &projection = checkpoint.take(alias, shape), &tokens = checkpoint.take(embedding, shape);
  if (projection.type != tokens.type ||
      !std::equal(projection.bytes.begin(), projection.bytes.end(), tokens.bytes.begin())) {
    fail(AM_ERROR_MODEL, "tensor ", alias, " differs from ", embedding,
         "; Whisper's output projection is its embedding");
  }
}

int64_t bytes_of(const SelfAttentionWeights &w) {
  return w.norm.bytes() + w.qkv.bytes() + w.out_proj.bytes();
}

int64_t bytes_of(const CrossAttentionWeights &w) {
  return w.norm.bytes() + w.q_proj.bytes() + w.kv.bytes() + w.out_proj.bytes();
}

int64_t bytes_of(const MlpWeights &w) {
  return w.norm.bytes() + w.fc1.bytes() + w.fc2.bytes();
}

}  // namespace

EncoderWeights read_encoder(Checkpoint &checkpoint, const Dimensions &d, const Kernels &kernels, Precision precision,
                            Precision of_layers) {
  const std::string encoder = "model.encoder.";
  // The convolutions are a twentieth of the work and read rows that overlap, each of which would need scales of its own.
  const Precision of_convolutions = precision == Precision::kInt8 ? Precision::kBfloat16 : precision;
  WeightReader convolutions(checkpoint, kernels.arithmetic(of_convolutions), d.d_model);
  WeightReader reader(checkpoint, kernels.arithmetic(of_layers), d.d_model);
  EncoderWeights weights;
  weights.conv1 = convolutions.convolution(encoder + "conv1", d.d_model, d.num_mel_bins);
  weights.conv2 = convolutions.convolution(encoder + "conv2", d.d_model, d.d_model);
  weights.positions = reader.whole(encoder + "embed_positions.weight", {d.max_source_positions, d.d_model});
  for (int64_t i = 0; i < d.encoder_layers; ++i) {
    const std::string layer = encoder + "layers." + std::to_string(i);
    weights.layers.push_back({reader.self_attention(layer), reader.mlp(layer, d.encoder_ffn_dim)});
  }
  weights.norm = reader.layer_norm(encoder + "layer_norm");
  return weights;
}

DecoderWeights read_decoder(Checkpoint &checkpoint, const Dimensions &d, const Kernels &kernels,
                            Precision precision) {
  const std::string decoder = "model.decoder.", tokens = decoder + "embed_tokens.weight";
  WeightReader reader(checkpoint, kernels.arithmetic(precision), d.d_model);
  DecoderWeights weights;
  weights.embed_tokens = reader.embedding(decoder + "embed_tokens", d.vocab_size);
  take_tied_projection(checkpoint, tokens, {d.vocab_size, d.d_model});
  weights.positions = reader.whole(decoder + "embed_positions.weight", {d.max_target_positions, d.d_model});
  for (int64_t i = 0; i < d.decoder_layers; ++i) {
    const std::string layer = decoder + "layers." + std::to_string(i);
    weights.layers.push_back(
        {reader.self_attention(layer), reader.cross_attention(layer), reader.mlp(layer, d.decoder_ffn_dim)});
  }
  weights.norm = reader.layer_norm(decoder + "layer_norm");
  return weights;
}

int64_t bytes_of(const EncoderWeights &w) {
  int64_t bytes = w.conv1.bytes() + w.conv2.bytes() + w.positions.bytes() + w.norm.bytes();
  for (const EncoderLayerWeights &layer : w.layers) {
    bytes += bytes_of(layer.self_attn) + bytes_of(layer.mlp);
  }
  return bytes;
}

int64_t bytes_of(const DecoderWeights &w) {
  int64_t bytes = w.embed_tokens.bytes() + w.positions.bytes() + w.norm.bytes();
  for (const DecoderLayerWeights &layer : w.layers) {
    bytes += bytes_of(layer.self_attn) + bytes_of(layer.encoder_attn) + bytes_of(layer.mlp);
  }
  return bytes;
}

}  // namespace amanuensis
