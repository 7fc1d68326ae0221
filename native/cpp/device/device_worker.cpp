#include "device/device_worker.h"

#include <algorithm>
#include <cstring>

#include "common/error.h"
#include "cpu/instruction_sets.h"
#include "device/device_library.h"
#include "device/statuses.h"

namespace amanuensis {
namespace {

std::vector<am_device_option> pairs_of(const Options &options) {
  std::vector<am_device_option> pairs;
  for (const auto &[key, value] : options) {
    pairs.push_back({key.c_str(), value.c_str()});
  }
  return pairs;
}

}  // namespace

DeviceWorker::DeviceWorker(const DeviceSettings &settings, const Overlay &overlay, DeviceCounters &counters)
    : settings_(settings),
      overlay_(overlay),
      counters_(counters),
      table_(device_table(settings.device, settings.library)),
      kernels_(kernels_named("auto")) {
  const std::vector<am_device_option> pairs = pairs_of(settings.table_options);
  require(table_.open(pairs.data(), static_cast<int32_t>(pairs.size()), &device_), "open");
  try {
    require(table_.facts(device_, &facts_), "facts");
    load();
  } catch (...) {
    table_.close(&device_);
    throw;
  }
}

DeviceWorker::~DeviceWorker() {
  unload();
  table_.close(&device_);
}

void DeviceWorker::require(am_device_status status, const char *what) const {
  if (status != AM_DEVICE_OK) {
    fail(status, what, ": ", table_.last_error());
  }
}

void DeviceWorker::load() {
  const am_device_overlay overlay = overlay_.describe();
  require(table_.program_load(device_, &overlay, &program_), "program_load");
}

void DeviceWorker::unload() noexcept {
  for (auto &[id, matrix] : matrices_) {
    unload(matrix);
  }
  for (auto &[key, buffer] : pool_) {
    close_buffer(buffer);
  }
  pool_.clear();
  if (program_) {
    table_.program_close(&program_);
  }
}

void DeviceWorker::unload(Matrix &matrix) noexcept {
  for (Tile &tile : matrix.on_device) {
    for (am_device_run *&run : tile.runs) {
      if (run) {
        table_.run_close(&run);
      }
    }
    close_buffer(tile.numbers);
  }
  matrix.on_device.clear();
}

void DeviceWorker::close_buffer(Buffer &buffer) noexcept {
  if (buffer.handle) {
    table_.buffer_close(&buffer.handle);
  }
}

DeviceWorker::Buffer DeviceWorker::open_buffer(int32_t role, int64_t bytes) {
  Buffer buffer;
  buffer.bytes = bytes;
  require(table_.buffer_open(program_, overlay_.index_of(role), bytes, &buffer.handle), "buffer_open");
  const am_device_status status = table_.buffer_map(buffer.handle, &buffer.address);
  if (status != AM_DEVICE_OK) {
    const std::string reason = table_.last_error();
    table_.buffer_close(&buffer.handle);
    fail(status, "buffer_map: ", reason);
  }
  return buffer;
}

/** Inputs and outputs of one size are shared by all matrices, since products follow one another. */
const DeviceWorker::Buffer &DeviceWorker::pooled(int32_t role, int64_t bytes, int64_t place) {
  Buffer &buffer = pool_[{{role, bytes}, place}];
  if (!buffer.handle) {
    buffer = open_buffer(role, bytes);
  }
  return buffer;
}

void DeviceWorker::add(int64_t id, PackedTiles tiles) {
  const auto [place, added] = matrices_.emplace(id, Matrix{std::move(tiles), {}});
  if (counters_.poisoned) {
    return;  // uploaded by the reset
  }
  try {
    upload(place->second);
  } catch (...) {
    unload(place->second);
    matrices_.erase(place);
    throw;
  }
}

void DeviceWorker::remove(int64_t id) {
  const auto place = matrices_.find(id);
  if (place != matrices_.end()) {
    unload(place->second);
    matrices_.erase(place);
  }
}

void DeviceWorker::upload(Matrix &matrix) {
  const PackedTiles &tiles = matrix.tiles;
  matrix.on_device.resize(static_cast<size_t>(tiles.depth_tiles() * tiles.column_tiles()));
  const int64_t row_bytes = tiles.tile().n * bytes_of_type(overlay_.type_b);
  for (int64_t k = 0; k < tiles.depth_tiles(); ++k) {
    for (int64_t n = 0; n < tiles.column_tiles(); ++n) {
      Tile &tile = matrix.on_device[static_cast<size_t>(k * tiles.column_tiles() + n)];
      tile.numbers = open_buffer(AM_DEVICE_B, tiles.tile_bytes());
      std::memcpy(tile.numbers.address, tiles.at(k, n), static_cast<size_t>(tiles.tile_bytes()));
      require(table_.buffer_sync(tile.numbers.handle, AM_DEVICE_TO_DEVICE, 0, tiles.tile_bytes()), "buffer_sync");
      tile.key = OutputGuard::input_key(tiles.at(k, n), tiles.tile().k, row_bytes, 0);
      for (int64_t output = 0; output < 2; ++output) {
        tile.runs[output] = open_run(matrix, tile, k, output);
      }
    }
  }
}

am_device_run *DeviceWorker::open_run(const Matrix &matrix, const Tile &tile, int64_t depth_tile, int64_t output) {
  const TileShape &shape = matrix.tiles.tile();
  std::vector<am_device_argument> arguments;
  for (const int32_t role : overlay_.arguments) {
    am_device_argument argument = {role, nullptr, 0};
    switch (role) {
      case AM_DEVICE_OPCODE: argument.value = 3; break;
      case AM_DEVICE_A:
        argument.buffer = pooled(role, shape.m * shape.k * bytes_of_type(overlay_.type_a), depth_tile).handle;
        break;
      case AM_DEVICE_B: argument.buffer = tile.numbers.handle; break;
      case AM_DEVICE_C:
        argument.buffer = pooled(role, shape.m * shape.n * bytes_of_type(overlay_.type_c), output).handle;
        break;
      case AM_DEVICE_M: argument.value = static_cast<uint64_t>(shape.m); break;
      case AM_DEVICE_K: argument.value = static_cast<uint64_t>(shape.k); break;
      case AM_DEVICE_N: argument.value = static_cast<uint64_t>(shape.n); break;
      default: break;
    }
    arguments.push_back(argument);
  }
  am_device_run *run = nullptr;
  require(table_.run_open(program_, arguments.data(), static_cast<int32_t>(arguments.size()), &run), "run_open");
  return run;
}

void DeviceWorker::poison(const char *cause) {
  cause_ = cause;
  counters_.poisoned = true;
  ++counters_.failures;
}

void DeviceWorker::multiply(int64_t id, DeviceWork &work, const std::atomic<bool> &abandoned) {
  if (counters_.poisoned) {
    fail(AM_ERROR_DEVICE_POISONED, "an earlier failure (", cause_, ") left ", facts_.name,
         " unusable; am_device_reset makes it anew");
  }
  Matrix &matrix = matrices_.at(id);
  const int64_t step = matrix.tiles.tile().m;
  try {
    for (int64_t first = 0; first < work.rows && !abandoned; first += step) {
      multiply_rows(matrix, work, first, std::min(step, work.rows - first));
    }
  } catch (const Error &error) {
    poison(error.what());
    throw;
  }
}

/** The rows of one tile: while a run is at work the next one's output is prepared, and the one before's is taken. */
void DeviceWorker::multiply_rows(Matrix &matrix, DeviceWork &work, int64_t first_row, int64_t rows) {
  const int64_t depth_tiles = matrix.tiles.depth_tiles(), runs = depth_tiles * matrix.tiles.column_tiles();
  std::vector<uint64_t> input_keys(static_cast<size_t>(depth_tiles));
  for (int64_t k = 0; k < depth_tiles; ++k) {
    fill_input(matrix, work, first_row, rows, k, input_keys[static_cast<size_t>(k)]);
  }
  Pending last{};
  for (int64_t i = 0; i < runs; ++i) {
    const int64_t k = i % depth_tiles;
    const Pending next = start(matrix, first_row, rows, k, i / depth_tiles, i % 2, input_keys[static_cast<size_t>(k)]);
    if (i > 0) {
      finish(last, work);
    }
    last = next;
  }
  finish(last, work);
}

void DeviceWorker::fill_input(const Matrix &matrix, const DeviceWork &work, int64_t first_row, int64_t rows,
                              int64_t depth_tile, uint64_t &out_key) {
  const TileShape &tile = matrix.tiles.tile();
  const int64_t depth = matrix.tiles.depth(), first = depth_tile * tile.k, count = std::min(tile.k, depth - first);
  const int64_t number = bytes_of_type(overlay_.type_a), row_bytes = tile.k * number, bytes = tile.m * row_bytes;
  const Buffer &input = pooled(AM_DEVICE_A, bytes, depth_tile);
  auto *to = static_cast<std::byte *>(input.address);
  for (int64_t row = 0; row < rows; ++row, to += row_bytes) {
    const float *from = work.in.data() + (first_row + row) * depth + first;
    if (overlay_.type_a == AM_DEVICE_BFLOAT16) {
      kernels_.block_float.bfloat16_of(from, count, reinterpret_cast<uint16_t *>(to));
    } else {
      std::memcpy(to, from, static_cast<size_t>(count * number));
    }
    std::memset(to + count * number, 0, static_cast<size_t>((tile.k - count) * number));
  }
  std::memset(to, 0, static_cast<size_t>((tile.m - rows) * row_bytes));
  require(table_.buffer_sync(input.handle, AM_DEVICE_TO_DEVICE, 0, bytes), "buffer_sync");
  out_key = OutputGuard::input_key(input.address, tile.m, row_bytes, 1);
}

DeviceWorker::Pending DeviceWorker::start(const Matrix &matrix, int64_t first_row, int64_t rows, int64_t depth_tile,
                                          int64_t column_tile, int64_t output, uint64_t input_key) {
  const TileShape &shape = matrix.tiles.tile();
  const Tile &tile =
      matrix.on_device[static_cast<size_t>(depth_tile * matrix.tiles.column_tiles() + column_tile)];
  const Buffer &out = pooled(AM_DEVICE_C, shape.m * shape.n * bytes_of_type(overlay_.type_c), output);
  guard_.prepare(static_cast<float *>(out.address), shape.m, shape.n);
  require(table_.buffer_sync(out.handle, AM_DEVICE_TO_DEVICE, 0, out.bytes), "buffer_sync");
  require(table_.run_start(tile.runs[output]), "run_start");
  ++counters_.runs;
  counters_.modelled_ns += static_cast<int64_t>(settings_.latency.product_ns(
      static_cast<double>(shape.m), static_cast<double>(shape.k), static_cast<double>(shape.n),
      static_cast<double>(bytes_of_type(overlay_.type_a)), static_cast<double>(bytes_of_type(overlay_.type_b)),
      static_cast<double>(bytes_of_type(overlay_.type_c))));
  return {&matrix,     tile.runs[output], &out,
          first_row,   rows,              depth_tile,
          column_tile, input_key ^ (tile.key * 0x9e3779b97f4a7c15u)};
}

void DeviceWorker::finish(const Pending &pending, DeviceWork &work) {
  require(table_.run_wait(pending.run, static_cast<int32_t>(settings_.run_timeout.count())), "run_wait");
  require(table_.buffer_sync(pending.output->handle, AM_DEVICE_FROM_DEVICE, 0, pending.output->bytes), "buffer_sync");
  const PackedTiles &tiles = pending.matrix->tiles;
  const TileShape &shape = tiles.tile();
  const auto *from = static_cast<const float *>(pending.output->address);
  guard_.check(from, shape.m, shape.n, pending.key);
  const int64_t first = pending.column_tile * shape.n, count = std::min(shape.n, tiles.columns() - first);
  for (int64_t row = 0; row < pending.rows; ++row, from += shape.n) {
    float *to = work.out.data() + (pending.first_row + row) * tiles.columns() + first;
    if (pending.depth_tile == 0) {
      std::copy_n(from, count, to);
    } else {
      std::transform(from, from + count, to, to, std::plus<>());
    }
  }
}

void DeviceWorker::reset() {
  unload();
  counters_.poisoned = true;
  try {
    require(table_.reset(device_), "reset");
    guard_ = OutputGuard();
    load();
    for (auto &[id, matrix] : matrices_) {
      upload(matrix);
    }
  } catch (const Error &error) {
    cause_ = error.what();
    throw;
  }
  counters_.poisoned = false;
  ++counters_.resets;
}

}  // namespace amanuensis
