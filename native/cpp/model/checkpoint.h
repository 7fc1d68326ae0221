#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/safetensors.h"

namespace amanuensis {

/**
 * The tensors of a model folder: model.safetensors, or the shards that model.safetensors.index.json names. Every tensor
 * that is taken is struck off a list; what is left over at the end does not belong to the model.
 */
class Checkpoint {
 public:
  explicit Checkpoint(const std::string &folder);

  bool has(const std::string &name) const { return tensors_.contains(name); }
  bool has_prefix(std::string_view prefix) const;

  /** Throws AM_ERROR_MODEL if the tensor is missing or has another shape. */
  const Tensor &take(const std::string &name, const std::vector<int64_t> &shape);

  /** Throws AM_ERROR_MODEL that names a tensor that was never taken, if there is one. */
  void require_all_taken() const;

 private:
  void add_file(const std::string &path);
  void add_shards(const std::string &index_path);

  std::string folder_;
  std::vector<SafetensorsFile> files_;
  std::map<std::string, Tensor> tensors_;
  std::set<std::string> taken_;
};

}  // namespace amanuensis
