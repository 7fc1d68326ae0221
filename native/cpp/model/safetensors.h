#pragma once

#include <map>
#include <string>

#include "common/file.h"
#include "model/tensor.h"

namespace amanuensis {

/**
 * One mapped safetensors file: a length (u64), a JSON header, tensor data without gaps or overlaps.
 * Source: the format section of github.com/huggingface/safetensors.
 */
class SafetensorsFile {
 public:
  /** Throws AM_ERROR_IO or, with the place of the fault, AM_ERROR_MODEL. */
  explicit SafetensorsFile(const std::string &path);

  /** The tensors by name; their bytes live as long as this object. */
  const std::map<std::string, Tensor> &tensors() const { return tensors_; }

 private:
  MappedFile file_;
  std::map<std::string, Tensor> tensors_;
};

}  // namespace amanuensis
