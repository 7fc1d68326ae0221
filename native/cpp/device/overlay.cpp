#include "device/overlay.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "common/error.h"
#include "common/file.h"
#include "common/json.h"

namespace amanuensis {
namespace {

constexpr char kFormat[] = "amanuensis-overlay-1";
constexpr int64_t kMostSide = 1 << 16;

constexpr std::pair<const char *, int32_t> kRoles[] = {{"opcode", AM_DEVICE_OPCODE},
                                                       {"instructions", AM_DEVICE_INSTRUCTIONS},
                                                       {"instruction-words", AM_DEVICE_INSTRUCTION_WORDS},
                                                       {"a", AM_DEVICE_A},
                                                       {"b", AM_DEVICE_B},
                                                       {"c", AM_DEVICE_C},
                                                       {"m", AM_DEVICE_M},
                                                       {"k", AM_DEVICE_K},
                                                       {"n", AM_DEVICE_N}};

class ManifestReader {
 public:
  ManifestReader(std::string folder, Json json) : folder_(std::move(folder)), json_(std::move(json)) {}

  Overlay read() const {
    if (text("format") != kFormat) {
      refuse("\"format\" is \"" + text("format") + "\"; this build reads \"" + kFormat + "\"");
    }
    Overlay overlay;
    overlay.name = text("name");
    overlay.kernel = text("kernel");
    overlay.container = folder_ + "/" + text("container");
    overlay.instructions = words(folder_ + "/" + text("instructions"));
    const Json *shape = json_.find("shape");
    overlay.run_time_shape = shape && shape->text() && *shape->text() == "run-time";
    overlay.shape = sides(overlay.run_time_shape ? "largest" : "shape");
    overlay.step = overlay.run_time_shape ? sides("step") : overlay.shape;
    overlay.type_a = type("a", true);
    overlay.type_b = type("b", true);
    overlay.type_c = type("c", false);
    overlay.arguments = roles(overlay.run_time_shape);
    return overlay;
  }

 private:
  [[noreturn]] void refuse(const std::string &fault) const {
    fail(AM_ERROR_DEVICE_OVERLAY, folder_, "/overlay.json: ", fault);
  }

  std::string text(const char *key) const {
    const Json *value = json_.find(key);
    if (!value || !value->text() || value->text()->empty()) {
      refuse(std::string("needs \"") + key + "\", a text");
    }
    return *value->text();
  }

  TileShape sides(const char *key) const {
    const Json *value = json_.find(key);
    int64_t numbers[3] = {};
    bool legal = value && value->array() && value->array()->size() == 3;
    for (size_t i = 0; legal && i < 3; ++i) {
      legal = (*value->array())[i].integer_in(1, kMostSide, numbers[i]);
    }
    if (!legal) {
      refuse(std::string("needs \"") + key + "\": [m, k, n], each from 1 to 65536");
    }
    return {numbers[0], numbers[1], numbers[2]};
  }

  int32_t type(const char *side, bool bfloat16) const {
    const Json *types = json_.find("types");
    const Json *value = types ? types->find(side) : nullptr;
    if (value && value->text() && *value->text() == "f32") {
      return AM_DEVICE_FLOAT32;
    }
    if (bfloat16 && value && value->text() && *value->text() == "bf16") {
      return AM_DEVICE_BFLOAT16;
    }
    refuse(std::string("needs \"types\" with \"") + side + (bfloat16 ? "\": bf16 or f32" : "\": f32"));
  }

  std::vector<int32_t> roles(bool run_time_shape) const {
    const Json *list = json_.find("arguments");
    if (!list || !list->array()) {
      refuse("needs \"arguments\": the kernel's, in its order");
    }
    std::vector<int32_t> roles;
    for (const Json &item : *list->array()) {
      const auto *found = std::find_if(std::begin(kRoles), std::end(kRoles),
                                       [&](const auto &role) { return item.text() && *item.text() == role.first; });
      if (found == std::end(kRoles)) {
        refuse("\"arguments\" may hold opcode, instructions, instruction-words, a, b, c, m, k, n");
      }
      roles.push_back(found->second);
    }
    for (const auto &[name, role] : kRoles) {
      const bool side = role == AM_DEVICE_M || role == AM_DEVICE_K || role == AM_DEVICE_N;
      const auto count = std::count(roles.begin(), roles.end(), role);
      const bool needed = role == AM_DEVICE_A || role == AM_DEVICE_B || role == AM_DEVICE_C;
      if (count > 1 || (needed && count == 0) || (side && count == 1 && !run_time_shape)) {
        refuse(std::string("\"arguments\" holds \"") + name + "\" " + std::to_string(count) +
               " times; a, b and c belong there once, m, k and n with a run-time shape only");
      }
    }
    return roles;
  }

  std::vector<uint32_t> words(const std::string &path) const {
    const MappedFile file(path);
    if (file.bytes().size() % sizeof(uint32_t) != 0) {
      refuse("the instructions " + path + " are " + std::to_string(file.bytes().size()) + " bytes, no whole words");
    }
    std::vector<uint32_t> words(file.bytes().size() / sizeof(uint32_t));
    std::memcpy(words.data(), file.bytes().data(), file.bytes().size());
    return words;
  }

  std::string folder_;
  Json json_;
};

int64_t rounded_up(int64_t value, int64_t step) {
  return (value + step - 1) / step * step;
}

}  // namespace

TileShape Overlay::tile(int64_t rows, int64_t depth, int64_t columns) const {
  if (!run_time_shape) {
    return shape;
  }
  return {std::min(shape.m, rounded_up(rows, step.m)), std::min(shape.k, rounded_up(depth, step.k)),
          std::min(shape.n, rounded_up(columns, step.n))};
}

int32_t Overlay::index_of(int32_t role) const {
  return static_cast<int32_t>(std::find(arguments.begin(), arguments.end(), role) - arguments.begin());
}

am_device_overlay Overlay::describe() const {
  const auto side = [&](int64_t value) { return run_time_shape ? 0 : static_cast<int32_t>(value); };
  return {.container = container.c_str(),
          .kernel = kernel.c_str(),
          .instructions = instructions.data(),
          .instruction_words = static_cast<int64_t>(instructions.size()),
          .m = side(shape.m),
          .k = side(shape.k),
          .n = side(shape.n),
          .type_a = type_a,
          .type_b = type_b,
          .type_c = type_c};
}

Overlay built_in_overlay() {
  Overlay overlay;
  overlay.name = "built in";
  overlay.kernel = "MLIR_AIE";
  overlay.shape = overlay.step = {512, 512, 512};
  overlay.type_a = overlay.type_b = AM_DEVICE_BFLOAT16;
  overlay.type_c = AM_DEVICE_FLOAT32;
  overlay.arguments = {AM_DEVICE_OPCODE, AM_DEVICE_INSTRUCTIONS, AM_DEVICE_INSTRUCTION_WORDS,
                       AM_DEVICE_A,      AM_DEVICE_B,            AM_DEVICE_C};
  return overlay;
}

Overlay read_overlay(const std::string &folder) {
  try {
    const std::string path = folder + "/overlay.json";
    return ManifestReader(folder, parse_json(read_text_file(path), path)).read();
  } catch (const Error &error) {
    throw Error(AM_ERROR_DEVICE_OVERLAY, error.what());
  }
}

}  // namespace amanuensis
