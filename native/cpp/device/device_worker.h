#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cpu/kernels.h"
#include "device/device_settings.h"
#include "device/device_table.h"
#include "device/output_guard.h"
#include "device/overlay.h"
#include "device/packed_tiles.h"

namespace amanuensis {

/** Both sides of a product, owned by whoever still needs them. */
struct DeviceWork {
  DeviceWork(int64_t rows_in, int64_t depth, int64_t columns)
      : rows(rows_in), in(rows_in * depth), out(rows_in * columns) {}

  int64_t rows;  // that count
  Buffer in;     // [rows][depth]
  Buffer out;    // [rows][columns]
};

/** What a device has done; read by any thread. */
struct DeviceCounters {
  std::atomic<int64_t> runs{0}, resets{0}, failures{0}, modelled_ns{0};
  std::atomic<bool> poisoned{false};
};

/** An open device with everything on it. Belongs to the engine's one thread: made, used and destroyed by it. */
class DeviceWorker {
 public:
  /** Throws what the table gives. */
  DeviceWorker(const DeviceSettings &settings, const Overlay &overlay, DeviceCounters &counters);
  ~DeviceWorker();
  DeviceWorker(const DeviceWorker &) = delete;
  DeviceWorker &operator=(const DeviceWorker &) = delete;

  const am_device_facts &facts() const { return facts_; }

  void add(int64_t id, PackedTiles tiles);
  void remove(int64_t id);

  /** abandoned: looked at between runs; nobody wants the result any more. A failure poisons the device. */
  void multiply(int64_t id, DeviceWork &work, const std::atomic<bool> &abandoned);

  void reset();

 private:
  struct Buffer {
    am_device_buffer *handle = nullptr;
    void *address = nullptr;
    int64_t bytes = 0;
  };

  /** One tile of a matrix with the runs that multiply with it, one for each output in turn. */
  struct Tile {
    Buffer numbers;
    uint64_t key = 0;
    am_device_run *runs[2] = {};
  };

  struct Matrix {
    PackedTiles tiles;
    std::vector<Tile> on_device;  // [depth tiles][column tiles]; empty while the device is poisoned
  };

  /** A run under way. */
  struct Pending {
    const Matrix *matrix;
    am_device_run *run;
    const Buffer *output;
    int64_t first_row, rows, depth_tile, column_tile;
    uint64_t key;
  };

  void load();
  void unload() noexcept;
  void unload(Matrix &matrix) noexcept;
  void upload(Matrix &matrix);
  void close_buffer(Buffer &buffer) noexcept;
  Buffer open_buffer(int32_t role, int64_t bytes);
  const Buffer &pooled(int32_t role, int64_t bytes, int64_t place);
  am_device_run *open_run(const Matrix &matrix, const Tile &tile, int64_t depth_tile, int64_t output);
  void multiply_rows(Matrix &matrix, DeviceWork &work, int64_t first_row, int64_t rows);
  void fill_input(const Matrix &matrix, const DeviceWork &work, int64_t first_row, int64_t rows, int64_t depth_tile,
                  uint64_t &out_key);
  Pending start(const Matrix &matrix, int64_t first_row, int64_t rows, int64_t depth_tile, int64_t column_tile,
                int64_t output, uint64_t input_key);
  void finish(const Pending &pending, DeviceWork &work);
  void require(am_device_status status, const char *what) const;
  void poison(const char *cause);

  const DeviceSettings &settings_;
  const Overlay &overlay_;
  DeviceCounters &counters_;
  const am_device_table &table_;
  const Kernels &kernels_;
  am_device_facts facts_{};
  am_device *device_ = nullptr;
  am_device_program *program_ = nullptr;
  std::map<int64_t, Matrix> matrices_;                                // by id
  std::map<std::pair<std::pair<int32_t, int64_t>, int64_t>, Buffer> pool_;  // by role, bytes and place
  OutputGuard guard_;
  std::string cause_;  // of the poisoning
};

}  // namespace amanuensis
