#include "model/checkpoint.h"

#include "common/error.h"
#include "common/json.h"

namespace amanuensis {

Checkpoint::Checkpoint(const std::string &folder) : folder_(folder) {
  const std::string whole = folder + "/model.safetensors", index = whole + ".index.json";
  if (file_exists(whole) || !file_exists(index)) {
    add_file(whole);
  } else {
    add_shards(index);
  }
}

void Checkpoint::add_file(const std::string &path) {
  files_.emplace_back(path);
  for (const auto &[name, tensor] : files_.back().tensors()) {
    if (!tensors_.emplace(name, tensor).second) {
      fail(AM_ERROR_MODEL, path, ": tensor ", name, " is also in another shard");
    }
  }
}

void Checkpoint::add_shards(const std::string &index_path) {
  const Json index = parse_json(read_text_file(index_path), index_path);
  const Json *map = index.find("weight_map");
  if (!map || !map->object()) {
    fail(AM_ERROR_MODEL, index_path, ": weight_map is missing");
  }
  std::set<std::string> names;
  for (const auto &[tensor, file] : *map->object()) {
    if (!file.text() || file.text()->empty() || file.text()->find('/') != std::string::npos) {
      fail(AM_ERROR_MODEL, index_path, ": tensor ", tensor, ": not the name of a file beside the index");
    }
    names.insert(*file.text());
  }
  for (const std::string &name : names) {
    add_file(folder_ + "/" + name);
  }
  for (const auto &[tensor, file] : *map->object()) {
    if (!has(tensor)) {
      fail(AM_ERROR_MODEL, index_path, ": tensor ", tensor, " is not in ", *file.text());
    }
  }
}

bool Checkpoint::has_prefix(std::string_view prefix) const {
  const auto found = tensors_.lower_bound(std::string(prefix));
  return found != tensors_.end() && found->first.starts_with(prefix);
}

const Tensor &Checkpoint::take(const std::string &name, const std::vector<int64_t> &shape) {
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) {
    fail(AM_ERROR_MODEL, folder_, ": tensor ", name, " of shape ", text_of_shape(shape), " is missing");
  }
  if (found->second.shape != shape) {
    fail(AM_ERROR_MODEL, folder_, ": tensor ", name, " has shape ", text_of_shape(found->second.shape),
         "; config.json asks for ", text_of_shape(shape));
  }
  taken_.insert(name);
  return found->second;
}

void Checkpoint::require_all_taken() const {
  for (const auto &[name, tensor] : tensors_) {
    if (!taken_.contains(name)) {
      fail(AM_ERROR_MODEL, folder_, ": tensor ", name, " of shape ", text_of_shape(tensor.shape),
           " does not belong to a Whisper model of these settings");
    }
  }
}

}  // namespace amanuensis
