#include "device/self_test.h"

#include <chrono>
#include <cmath>
#include <random>
#include <sstream>
#include <vector>

#include "common/error.h"
#include "device/device_library.h"

namespace amanuensis {
namespace {

/** No multiples of a tile, and more than one of 512. */
constexpr int64_t kRows = 100, kDepth = 616, kColumns = 536;

/** A step of 2^-6 of its block's largest number, rounded down, on both sides. */
constexpr double kMostError = 2.0 / 64;

void describe(const am_device_facts &facts, std::ostream &out) {
  out << "device: " << facts.name << '\n';
  const auto line = [&](const char *name, const char *value) {
    if (*value) {
      out << name << ": " << value << '\n';
    }
  };
  line("driver", facts.driver);
  line("firmware", facts.firmware);
  line("node", facts.node);
  if (facts.columns > 0) {
    out << "array: " << facts.columns << " columns, " << facts.rows << " rows\n";
  }
}

/** Different at every place, in the transpose too, of either sign, and exact in 8 bits beside any other. */
float marker(int64_t k, int64_t column) {
  return static_cast<float>((k * 29 + column * 53) % 127 - 63);
}

PackedTiles tiles_of(const DeviceEngine &engine, const std::vector<float> &numbers) {
  return PackedTiles(engine.overlay(), kRows, kDepth, kColumns, [&](int64_t column, float *out) {
    for (int64_t k = 0; k < kDepth; ++k) {
      out[k] = numbers[static_cast<size_t>(k * kColumns + column)];
    }
  });
}

/** One number a row: the result's row is one of the matrix. */
void probe_positions(DeviceEngine &engine, std::ostream &out) {
  std::vector<float> markers(static_cast<size_t>(kDepth * kColumns));
  for (int64_t i = 0; i < kDepth * kColumns; ++i) {
    markers[static_cast<size_t>(i)] = marker(i / kColumns, i % kColumns);
  }
  const auto matrix = engine.add(tiles_of(engine, markers));
  const auto work = std::make_shared<DeviceWork>(kRows, kDepth, kColumns);
  const auto place = [](int64_t row) { return row * 37 % kDepth; };
  const auto sign = [](int64_t row) { return row % 2 == 0 ? 1.0f : -1.0f; };
  for (int64_t row = 0; row < kRows; ++row) {
    work->in.data()[row * kDepth + place(row)] = sign(row);
  }
  engine.multiply(Call(), *matrix, work);
  for (int64_t row = 0; row < kRows; ++row) {
    for (int64_t column = 0; column < kColumns; ++column) {
      const float actual = work->out.data()[row * kColumns + column], expected = sign(row) * marker(place(row), column);
      if (actual != expected) {
        fail(AM_ERROR_DEVICE_WRONG, engine.facts().name, ": self-test, position probes: row ", row, ", column ", column,
             " is ", actual, " and should be ", expected);
      }
    }
  }
  out << "position probes: " << kRows << " of " << kRows << " rows exact\n";
}

void multiply_signed(DeviceEngine &engine, std::ostream &out) {
  std::mt19937 random(20261121);
  std::normal_distribution<float> normal;
  std::vector<float> numbers(static_cast<size_t>(kDepth * kColumns));
  for (float &x : numbers) {
    x = normal(random);
  }
  const auto matrix = engine.add(tiles_of(engine, numbers));
  const auto work = std::make_shared<DeviceWork>(kRows, kDepth, kColumns);
  for (int64_t i = 0; i < kRows * kDepth; ++i) {
    work->in.data()[i] = normal(random);
  }
  const int64_t runs_before = engine.number("device-runs");
  const auto begin = std::chrono::steady_clock::now();
  engine.multiply(Call(), *matrix, work);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
  double difference = 0, size = 0;
  for (int64_t row = 0; row < kRows; ++row) {
    for (int64_t column = 0; column < kColumns; ++column) {
      double exact = 0;
      for (int64_t k = 0; k < kDepth; ++k) {
        exact += static_cast<double>(work->in.data()[row * kDepth + k]) *
                 static_cast<double>(numbers[static_cast<size_t>(k * kColumns + column)]);
      }
      const double off = static_cast<double>(work->out.data()[row * kColumns + column]) - exact;
      difference += off * off;
      size += exact * exact;
    }
  }
  const double error = std::sqrt(difference / size);
  if (!(error <= kMostError)) {
    fail(AM_ERROR_DEVICE_WRONG, engine.facts().name, ": self-test, signed product: the relative error is ", error,
         ", allowed ", kMostError);
  }
  out << "signed product " << kRows << " x " << kDepth << " x " << kColumns << ": relative error " << error
      << ", allowed " << kMostError << '\n';
  out << "took: " << took.count() << " ms in " << engine.number("device-runs") - runs_before << " runs\n";
}

}  // namespace

std::string probe_device(const DeviceSettings &settings) {
  const am_device_table &table = device_table(settings.device, settings.library);
  std::vector<am_device_option> pairs;
  for (const auto &[key, value] : settings.table_options) {
    pairs.push_back({key.c_str(), value.c_str()});
  }
  am_device_facts facts{};
  const am_device_status status = table.probe(pairs.data(), static_cast<int32_t>(pairs.size()), &facts);
  if (status != AM_DEVICE_OK) {
    fail(status, "probe: ", table.last_error());
  }
  std::ostringstream out;
  describe(facts, out);
  return out.str();
}

std::string self_test(DeviceEngine &engine) {
  std::ostringstream out;
  describe(engine.facts(), out);
  const Overlay &overlay = engine.overlay();
  out << "overlay: " << overlay.name << ", kernel " << overlay.kernel << ", "
      << (overlay.run_time_shape ? "products up to " : "products of ") << overlay.shape.m << " x " << overlay.shape.k
      << " x " << overlay.shape.n << '\n';
  probe_positions(engine, out);
  multiply_signed(engine, out);
  out << "result: pass\n";
  return out.str();
}

}  // namespace amanuensis
