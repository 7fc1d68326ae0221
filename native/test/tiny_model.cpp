#include "tiny_model.h"

#include <cstring>
#include <sstream>
#include <stdexcept>

#include "common/number_format.h"
#include "common/utf8.h"

namespace {

uint16_t float16_of(float value) {  // exact for bfloat16 values of ordinary size
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  const uint32_t exponent = bits >> 23 & 0xff;
  if (exponent < 113) {
    return static_cast<uint16_t>(bits >> 16 & 0x8000);  // zero; store_as drops smaller numbers
  }
  return static_cast<uint16_t>((bits >> 16 & 0x8000) | ((exponent - 112) << 10) | (bits >> 13 & 0x3ff));
}

std::string stored(const TinyModel::StoredTensor &tensor) {
  std::string bytes;
  for (const float value : tensor.values) {
    if (tensor.dtype == "F32") {
      bytes.append(reinterpret_cast<const char *>(&value), sizeof value);
    } else {
      const uint16_t narrow = tensor.dtype == "F16" ? float16_of(value) : amanuensis::bfloat16_of_float(value);
      bytes.append(reinterpret_cast<const char *>(&narrow), sizeof narrow);
    }
  }
  return bytes;
}

std::string quoted(const std::string &text) {
  return text == "\"" || text == "\\" ? "\"\\" + text + "\"" : "\"" + text + "\"";
}

/** 256 bytes, two merges ("th", " a"), special tokens and timestamps; <|nocaptions|> as older folders have it. */
void add_tokenizer(std::map<std::string, std::string> &files) {
  std::ostringstream vocab, added;
  int32_t id = 0;
  char32_t next = 0x100;
  for (char32_t byte = 0; byte < 256; ++byte) {
    const bool printable = (byte >= '!' && byte <= '~') || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    std::string character;
    amanuensis::append_utf8(character, printable ? byte : next++);
    vocab << (id == 0 ? "{" : ", ") << quoted(character) << ": " << id;
    ++id;
  }
  vocab << ", \"th\": 256, \"Ġa\": 257, \"<|endoftext|>\": 258}";
  id = TinyModel::kStart;
  for (const char *name : {"<|startoftranscript|>", "<|de|>", "<|ja|>", "<|translate|>", "<|transcribe|>",
                           "<|startofprev|>", "<|nocaptions|>", "<|notimestamps|>"}) {
    added << (id == TinyModel::kStart ? "{" : ", ") << "\"" << name << "\": " << id;
    ++id;
  }
  files["vocab.json"] = vocab.str();
  files["added_tokens.json"] = added.str() + "}";  // without timestamps, as early exports are
  files["merges.txt"] = "#version: 0.2\nt h\nĠ a\n";
}

}  // namespace

TinyModel::TinyModel(unsigned seed) {
  files["config.json"] =
      R"({"model_type": "whisper", "activation_function": "gelu", "num_mel_bins": 128, "d_model": 20, "encoder_layers": 2,
"encoder_attention_heads": 5, "encoder_ffn_dim": 24, "decoder_layers": 1, "decoder_attention_heads": 2, "decoder_ffn_dim": 24,
"max_source_positions": 100, "max_target_positions": 24, "vocab_size": 368})";
  files["preprocessor_config.json"] =
      R"({"chunk_length": 2, "feature_size": 128, "hop_length": 160, "n_fft": 400, "sampling_rate": 16000})";
  files["generation_config.json"] =
      R"({"is_multilingual": true, "alignment_heads": [[0, 1]], "suppress_tokens": [-1], "begin_suppress_tokens": [220, 258]})";
  add_tokenizer(files);

  std::mt19937 random(seed);
  const auto add = [&](const std::string &name, std::vector<int64_t> shape, float scale, float shift = 0) {
    int64_t count = 1;
    for (const int64_t size : shape) {
      count *= size;
    }
    StoredTensor tensor = {"F32", std::move(shape), support::normal_numbers(static_cast<size_t>(count), random)};
    for (float &value : tensor.values) {
      value = value * scale + shift;
    }
    tensors[name] = tensor;
  };
  const auto add_linear = [&](const std::string &name, int64_t out, int64_t in) {
    add(name + ".weight", {out, in}, 0.3f);
    if (!name.ends_with("k_proj")) {
      add(name + ".bias", {out}, 0.1f);
    }
  };
  const auto add_norm = [&](const std::string &name) {
    add(name + ".weight", {kWidth}, 0.1f, 1);
    add(name + ".bias", {kWidth}, 0.1f);
  };
  const auto add_attention = [&](const std::string &name) {
    add_norm(name + "_layer_norm");
    for (const char *part : {".q_proj", ".k_proj", ".v_proj", ".out_proj"}) {
      add_linear(name + part, kWidth, kWidth);
    }
  };
  const auto add_mlp = [&](const std::string &layer) {
    add_norm(layer + ".final_layer_norm");
    add_linear(layer + ".fc1", kFfn, kWidth);
    add_linear(layer + ".fc2", kWidth, kFfn);
  };
  const std::string encoder = "model.encoder.", decoder = "model.decoder.";
  add(encoder + "conv1.weight", {kWidth, kBins, 3}, 0.1f);
  add(encoder + "conv1.bias", {kWidth}, 0.1f);
  add(encoder + "conv2.weight", {kWidth, kWidth, 3}, 0.2f);
  add(encoder + "conv2.bias", {kWidth}, 0.1f);
  add(encoder + "embed_positions.weight", {kPositions, kWidth}, 0.5f);
  add_norm(encoder + "layer_norm");
  for (const char *layer : {"layers.0", "layers.1"}) {
    add_attention(encoder + layer + ".self_attn");
    add_mlp(encoder + layer);
  }
  add(decoder + "embed_tokens.weight", {kVocabulary, kWidth}, 1);
  add(decoder + "embed_positions.weight", {kTargetPositions, kWidth}, 0.5f);
  add_norm(decoder + "layer_norm");
  add_attention(decoder + "layers.0.self_attn");
  add_attention(decoder + "layers.0.encoder_attn");
  add_mlp(decoder + "layers.0");
}

std::string TinyModel::safetensors(const std::map<std::string, StoredTensor> &tensors) {
  std::ostringstream header;
  std::string data;
  for (const auto &[name, tensor] : tensors) {
    const std::string bytes = stored(tensor);
    header << (data.empty() ? "{\"__metadata__\": {\"format\": \"pt\"}, " : ", ") << "\"" << name
           << "\": {\"dtype\": \"" << tensor.dtype << "\", \"shape\": [";
    for (size_t i = 0; i < tensor.shape.size(); ++i) {
      header << (i ? ", " : "") << tensor.shape[i];
    }
    header << "], \"data_offsets\": [" << data.size() << ", " << data.size() + bytes.size() << "]}";
    data += bytes;
  }
  header << "}";
  const uint64_t size = header.str().size();
  return std::string(reinterpret_cast<const char *>(&size), sizeof size) + header.str() + data;
}

void TinyModel::write(const support::TemporaryFolder &folder, bool sharded) const {
  for (const auto &[name, content] : files) {
    folder.write(name, content);
  }
  if (!sharded) {
    folder.write("model.safetensors", safetensors(tensors));
    return;
  }
  std::map<std::string, StoredTensor> shards[2];
  std::string map;
  for (const auto &[name, tensor] : tensors) {
    const size_t shard = name.size() % 2;
    shards[shard][name] = tensor;
    map +=
        (map.empty() ? "" : ", ") + std::string("\"") + name + "\": \"part-" + std::to_string(shard) + ".safetensors\"";
  }
  folder.write("part-0.safetensors", safetensors(shards[0]));
  folder.write("part-1.safetensors", safetensors(shards[1]));
  folder.write("model.safetensors.index.json", "{\"metadata\": {}, \"weight_map\": {" + map + "}}");
}

void TinyModel::replace(const std::string &file, const std::string &from, const std::string &to) {
  std::string &content = files.at(file);
  const size_t at = content.find(from);
  if (at == std::string::npos) {
    throw std::runtime_error(file + " has no " + from);
  }
  content.replace(at, from.size(), to);
}

void TinyModel::store_as(const std::string &dtype) {
  for (auto &[name, tensor] : tensors) {
    tensor.dtype = dtype;
    for (float &value : tensor.values) {
      value = std::abs(value) < 1e-4f ? 0 : amanuensis::float_of_bfloat16(amanuensis::bfloat16_of_float(value));
    }
  }
}
