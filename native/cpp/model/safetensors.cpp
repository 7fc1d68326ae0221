#include "model/safetensors.h"

#include <algorithm>
#include <cstring>
#include <tuple>

#include "common/error.h"
#include "common/json.h"

namespace amanuensis {
namespace {

constexpr uint64_t kMostHeaderBytes = 100'000'000;  // the limit of the reference implementation
constexpr int64_t kMostElements = int64_t{1} << 40;

struct Place {
  int64_t begin, end;
  std::string name;
};

class HeaderReader {
 public:
  explicit HeaderReader(const std::string &path, std::span<const std::byte> file) : path_(path), file_(file) {}

  std::map<std::string, Tensor> read() {
    const Json header = parse_json(header_text(), path_ + " (header)");
    if (!header.object()) {
      fail(AM_ERROR_MODEL, path_, ": the header is not a JSON object");
    }
    std::map<std::string, Tensor> tensors;
    for (const auto &[name, entry] : *header.object()) {
      if (name != "__metadata__" && !tensors.emplace(name, read_tensor(name, entry)).second) {
        fail(AM_ERROR_MODEL, path_, ": tensor ", name, " is in the header twice");
      }
    }
    require_no_gaps();
    return tensors;
  }

 private:
  std::string_view header_text() {
    uint64_t length = 0;
    if (file_.size() < sizeof length) {
      fail(AM_ERROR_MODEL, path_, ": ", file_.size(), " bytes are no safetensors file");
    }
    std::memcpy(&length, file_.data(), sizeof length);
    const uint64_t rest = file_.size() - sizeof length;
    if (length > rest || length > kMostHeaderBytes) {
      fail(AM_ERROR_MODEL, path_, ": the header's length is ", length, "; ", std::min(rest, kMostHeaderBytes),
           " bytes are possible; the file is truncated or not a safetensors file");
    }
    data_ = file_.subspan(sizeof length + length);
    return {reinterpret_cast<const char *>(file_.data()) + sizeof length, length};
  }

  Tensor read_tensor(const std::string &name, const Json &entry) {
    Tensor tensor;
    tensor.type = type_of(name, entry.find("dtype"));
    tensor.shape = shape_of(name, entry.find("shape"));
    const int64_t size = tensor.elements() * (tensor.type == TensorType::kFloat32 ? 4 : 2);
    const Json *offsets = entry.find("data_offsets");
    const Json::Array *pair = offsets ? offsets->array() : nullptr;
    const auto most = static_cast<int64_t>(data_.size());
    int64_t begin = 0, end = 0;
    if (!pair || pair->size() != 2 || !(*pair)[0].integer_in(0, most, begin) ||
        !(*pair)[1].integer_in(begin, most, end)) {
      fail(AM_ERROR_MODEL, path_, ": tensor ", name, ": data_offsets are not two offsets into the ", most,
           " bytes of data; the file is truncated or damaged");
    }
    if (end - begin != size) {
      fail(AM_ERROR_MODEL, path_, ": tensor ", name, " of shape ", text_of_shape(tensor.shape), " needs ", size,
           " bytes; data_offsets give ", end - begin);
    }
    tensor.bytes = data_.subspan(static_cast<size_t>(begin), static_cast<size_t>(size));
    places_.push_back({begin, end, name});
    return tensor;
  }

  TensorType type_of(const std::string &name, const Json *entry) const {
    const std::string text = entry && entry->text() ? *entry->text() : "missing";
    if (text == "F32") return TensorType::kFloat32;
    if (text == "F16") return TensorType::kFloat16;
    if (text == "BF16") return TensorType::kBFloat16;
    fail(AM_ERROR_MODEL, path_, ": tensor ", name, ": dtype is ", text, "; supported: F32, F16, BF16");
  }

  std::vector<int64_t> shape_of(const std::string &name, const Json *entry) const {
    const Json::Array *sizes = entry ? entry->array() : nullptr;
    std::vector<int64_t> shape;
    int64_t elements = 1;
    for (size_t i = 0; sizes && i < sizes->size(); ++i) {
      int64_t size = 0;
      if (!(*sizes)[i].integer_in(0, kMostElements, size) || (size > 0 && elements > kMostElements / size)) {
        sizes = nullptr;
        break;
      }
      elements *= size;
      shape.push_back(size);
    }
    if (!sizes) {
      fail(AM_ERROR_MODEL, path_, ": tensor ", name, ": shape is not a list of sizes");
    }
    return shape;
  }

  void require_no_gaps() {
    std::sort(places_.begin(), places_.end(),
              [](const Place &a, const Place &b) { return std::tie(a.begin, a.end) < std::tie(b.begin, b.end); });
    int64_t end = 0;
    for (const Place &place : places_) {
      if (place.begin != end) {
        fail(AM_ERROR_MODEL, path_, ": tensor ", place.name, " begins at byte ", place.begin,
             " of the data, where byte ", end, " is next: tensors ", place.begin < end ? "overlap" : "leave a gap");
      }
      end = place.end;
    }
    if (end != static_cast<int64_t>(data_.size())) {
      fail(AM_ERROR_MODEL, path_, ": ", data_.size(), " bytes of data, of which tensors take ", end);
    }
  }

  const std::string &path_;
  std::span<const std::byte> file_, data_;
  std::vector<Place> places_;
};

}  // namespace

SafetensorsFile::SafetensorsFile(const std::string &path)
    : file_(path), tensors_(HeaderReader(path, file_.bytes()).read()) {}

}  // namespace amanuensis
