/*
 * The device layer above its table: shapes, failures, queue, determinism. The model is the demo's, whose window takes 64
 * commands of 512 x 512 x 512.
 */
#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>

#include "api.h"
#include "check.h"
#include "common/error.h"
#include "common/number_format.h"
#include "cpu/instruction_sets.h"
#include "device/block_float_product.h"
#include "device/device_engine.h"
#include "device/device_faults.h"
#include "device/self_test.h"
#include "support.h"

namespace {

using namespace amanuensis;

constexpr unsigned kSeed = 20261121;

using Floats = std::vector<float>;

DeviceSettings settings(const Options &options) {
  Options all = options;
  all.emplace("device", "emulated");
  return read_device_settings(OptionReader(&all, device_option_keys()));
}

/** An overlay of small odd tiles, so that few numbers fill many. */
void write_overlay(const support::TemporaryFolder &folder, const std::string &shape, const std::string &types,
                   const std::string &arguments = R"(["opcode","instructions","instruction-words","a","b","c"])") {
  folder.write("insts.bin", "12345678");
  folder.write("overlay.json", R"({"format": "amanuensis-overlay-1", "name": "test", "container": "gemm.xclbin",
    "instructions": "insts.bin", "kernel": "MLIR_AIE", )" + shape + R"(, "types": )" + types + R"(, "arguments": )" +
                                   arguments + "}");
}

Floats rounded(Floats numbers, bool bfloat16) {
  for (float &x : numbers) {
    x = bfloat16 ? float_of_bfloat16(bfloat16_of_float(x)) : x;
  }
  return numbers;
}

struct Shape {
  int64_t m, k, n;
};

/** What the device should give to the bit: each part of the depth one chain of sums, the parts added in order. */
Floats expected_product(const Shape &shape, const Floats &a, const Floats &b, int64_t depth_tile) {
  Team team(nullptr);
  BlockFloatProduct product(kernels_named("auto"), false);
  Floats out(static_cast<size_t>(shape.m * shape.n)), part(out.size());
  for (int64_t first = 0; first < shape.k; first += depth_tile) {
    const int64_t depth = std::min(depth_tile, shape.k - first);
    Floats left;
    for (int64_t row = 0; row < shape.m; ++row) {
      left.insert(left.end(), a.begin() + row * shape.k + first, a.begin() + row * shape.k + first + depth);
    }
    product.run(team, {left.data(), Number::kFloat32, shape.m, depth},
                {b.data() + first * shape.n, Number::kFloat32, depth, shape.n}, part.data());
    std::transform(out.begin(), out.end(), part.begin(), out.begin(), std::plus<>());
  }
  return out;
}

Floats device_product(DeviceEngine &engine, const Shape &shape, const Floats &a, const Floats &b) {
  const auto matrix = engine.add(PackedTiles(engine.overlay(), shape.m, shape.k, shape.n, [&](int64_t column, float *out) {
    for (int64_t k = 0; k < shape.k; ++k) {
      out[k] = b[static_cast<size_t>(k * shape.n + column)];
    }
  }));
  const auto work = std::make_shared<DeviceWork>(shape.m, shape.k, shape.n);
  std::copy(a.begin(), a.end(), work->in.data());
  engine.multiply(Call(), *matrix, work);
  return {work->out.data(), work->out.data() + work->out.size()};
}

double relative_error(const Shape &shape, const Floats &actual, const Floats &a, const Floats &b) {
  double difference = 0, size = 0;
  for (int64_t row = 0; row < shape.m; ++row) {
    for (int64_t column = 0; column < shape.n; ++column) {
      double exact = 0;
      for (int64_t k = 0; k < shape.k; ++k) {
        exact += static_cast<double>(a[static_cast<size_t>(row * shape.k + k)]) *
                 static_cast<double>(b[static_cast<size_t>(k * shape.n + column)]);
      }
      difference += std::pow(static_cast<double>(actual[static_cast<size_t>(row * shape.n + column)]) - exact, 2);
      size += exact * exact;
    }
  }
  return std::sqrt(difference / size);
}

const Shape kShapes[] = {{1, 8, 48}, {33, 65, 49}, {100, 64, 7}, {31, 200, 100}, {64, 130, 96}, {5, 1, 1}, {97, 63, 150}};

void check_shapes(DeviceEngine &engine, int64_t depth_tile, bool bfloat16) {
  std::mt19937 random(kSeed);
  for (const Shape &shape : kShapes) {
    const Floats a = support::normal_numbers(static_cast<size_t>(shape.m * shape.k), random);
    const Floats b = support::normal_numbers(static_cast<size_t>(shape.k * shape.n), random);
    const Floats actual = device_product(engine, shape, a, b);
    const Floats expected = expected_product(shape, rounded(a, bfloat16), rounded(b, bfloat16), depth_tile);
    if (actual != expected) {
      check::failed(__FILE__, __LINE__, shape.m, "x", shape.k, "x", shape.n, " differs, relative L2 ",
                    support::relative_l2(actual, expected), ", seed ", kSeed);
    }
    if (shape.m * shape.k < 60 || shape.n < 7) {
      continue;  // too few numbers for the bounds below to mean anything
    }
    CHECK_AT_MOST(relative_error(shape, actual, a, b), 1.0 / 64);
    Floats transposed(b.size());
    for (int64_t k = 0; k < shape.k; ++k) {
      for (int64_t n = 0; n < shape.n; ++n) {
        transposed[static_cast<size_t>(k * shape.n + n)] = b[static_cast<size_t>(n * shape.k + k)];
      }
    }
    CHECK(relative_error(shape, device_product(engine, shape, a, transposed), a, b) > 0.5);
  }
}

const std::string kDemo = support::demo_model();

api::Model open_demo(const char *faults, const char *timeout_ms = "6000", const char *queue = "8") {
  return api::open_model(kDemo, {{"back-end", "npu"},
                                 {"device", "emulated"},
                                 {"precision", "f32"},
                                 {"device-faults", faults},
                                 {"device-run-timeout-ms", timeout_ms},
                                 {"device-queue", queue}});
}

Floats mel_of_noise(const api::Model &model, unsigned seed) {
  return api::log_mel(model, api::open_session(model), support::noise(160000, seed));
}

struct Encoded {
  am_status status;
  std::string message;
  Floats states;
};

Encoded encode(const api::Model &model, const Floats &mel, am_call *call = nullptr) {
  const auto session = api::open_session(model);
  Encoded result = {AM_OK, "", Floats(static_cast<size_t>(api::number(model, "state-positions") * api::number(model, "state-width")))};
  result.status = am_encode(session.get(), call, mel.data(), 1, nullptr, AM_FLOAT32, result.states.data(),
                            static_cast<int64_t>(result.states.size()));
  result.message = result.status == AM_OK ? "" : am_last_error();
  return result;
}

const Floats &undisturbed_states() {
  static const Floats states = [] {
    const auto model = open_demo("");
    return encode(model, mel_of_noise(model, 1)).states;
  }();
  return states;
}

void wait_until(const std::function<bool()> &reached) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!reached() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  CHECK(reached());
}

}  // namespace

TEST(fixed_shapes_pad_and_split_as_they_should) {
  for (const bool bfloat16 : {true, false}) {
    const support::TemporaryFolder folder;
    write_overlay(folder, R"("shape": [32, 64, 48])",
                  bfloat16 ? R"({"a": "bf16", "b": "bf16", "c": "f32"})" : R"({"a": "f32", "b": "f32", "c": "f32"})");
    check_shapes(*DeviceEngine::shared(settings({{"device-overlay", folder.path()}})), 64, bfloat16);
  }
}

TEST(run_time_shapes_do_too) {
  const support::TemporaryFolder folder;
  write_overlay(folder, R"("shape": "run-time", "step": [16, 8, 16], "largest": [48, 96, 64])",
                R"({"a": "bf16", "b": "bf16", "c": "f32"})",
                R"(["m", "k", "n", "opcode", "instructions", "instruction-words", "a", "b", "c"])");
  check_shapes(*DeviceEngine::shared(settings({{"device-overlay", folder.path()}})), 96, true);
}

TEST(manifests_that_are_wrong_are_refused_with_the_place) {
  const struct {
    const char *shape, *types, *arguments, *words;
  } wrong[] = {{R"("shape": [32, 0, 48])", R"({"a": "f32", "b": "f32", "c": "f32"})", R"(["a","b","c"])", "[m, k, n]"},
               {R"("shape": [32, 8, 48])", R"({"a": "f16", "b": "f32", "c": "f32"})", R"(["a","b","c"])", "bf16 or f32"},
               {R"("shape": [32, 8, 48])", R"({"a": "f32", "b": "f32", "c": "bf16"})", R"(["a","b","c"])", "\"c\": f32"},
               {R"("shape": [32, 8, 48])", R"({"a": "f32", "b": "f32", "c": "f32"})", R"(["a","b","x"])", "may hold"},
               {R"("shape": [32, 8, 48])", R"({"a": "f32", "b": "f32", "c": "f32"})", R"(["a","b"])", "\"c\" 0 times"},
               {R"("shape": [32, 8, 48])", R"({"a": "f32", "b": "f32", "c": "f32"})", R"(["a","b","c","m"])", "\"m\" 1 times"}};
  for (const auto &manifest : wrong) {
    const support::TemporaryFolder folder;
    write_overlay(folder, manifest.shape, manifest.types, manifest.arguments);
    am_model *model = nullptr;
    CHECK_STATUS(am_model_open(kDemo.c_str(),
                               api::options({{"back-end", "npu"},
                                             {"device", "emulated"},
                                             {"device-overlay", folder.path().c_str()}})
                                   .get(),
                               &model),
                 AM_ERROR_DEVICE_OVERLAY, manifest.words);
  }
  CHECK_STATUS(am_device_self_test(api::options({{"device", "emulated"}, {"device-overlay", "/no/such"}}).get(),
                                   std::string(64, ' ').data(), 64, std::make_unique<int64_t>().get()),
               AM_ERROR_DEVICE_OVERLAY, "/no/such/overlay.json");
}

TEST(each_failure_of_a_run_has_its_status_and_poisons_until_reset) {
  const struct {
    const char *faults, *timeout_ms;
    am_status status;
    const char *words;
  } cases[] = {{"error@3", "6000", AM_ERROR_DEVICE_COMMAND, "ERROR (5)"},
               {"abort@4", "6000", AM_ERROR_DEVICE_ABORT, "ABORT (6)"},
               {"timeout@5", "6000", AM_ERROR_DEVICE_TIMEOUT, "TIMEOUT (8)"},
               {"hang@6", "20", AM_ERROR_DEVICE_HOST_TIMEOUT, "in flight after 20 ms"},
               {"slow:60000@2", "20", AM_ERROR_DEVICE_HOST_TIMEOUT, "in flight after 20 ms"},
               {"lost@7", "6000", AM_ERROR_DEVICE_LOST, "has gone"},
               {"stale@8", "6000", AM_ERROR_DEVICE_STALE, "output of an earlier run"},
               {"silent@9", "6000", AM_ERROR_DEVICE_STALE, "did not write its output"},
               {"silent@1", "6000", AM_ERROR_DEVICE_STALE, "did not write its output"}};
  for (const auto &fault : cases) {
    const auto model = open_demo(fault.faults, fault.timeout_ms);
    const Floats mel = mel_of_noise(model, 1);
    const Encoded failed = encode(model, mel);
    CHECK_EQUAL(failed.status, fault.status);
    CHECK(failed.message.find(fault.words) != std::string::npos);
    CHECK_EQUAL(api::number(model, "device-poisoned"), 1);
    const Encoded refused = encode(model, mel);
    CHECK_EQUAL(refused.status, AM_ERROR_DEVICE_POISONED);
    CHECK(refused.message.find(fault.words) != std::string::npos);  // says what has happened
    CHECK_OK(am_device_reset(model.get()));
    CHECK_EQUAL(api::number(model, "device-poisoned"), 0);
    CHECK(encode(model, mel).states == undisturbed_states());
    CHECK_EQUAL(api::number(model, "device-resets"), 1);
    CHECK_EQUAL(api::number(model, "device-failures"), 1);
  }
}

TEST(each_failure_of_opening_has_its_status) {
  const struct {
    const char *faults;
    am_status status;
  } cases[] = {{"none", AM_ERROR_DEVICE_NONE},         {"permission", AM_ERROR_DEVICE_PERMISSION},
               {"memlock", AM_ERROR_DEVICE_MEMLOCK},   {"contexts", AM_ERROR_DEVICE_CONTEXTS},
               {"overlay", AM_ERROR_DEVICE_OVERLAY},   {"memory", AM_ERROR_DEVICE_MEMORY},
               {"lost", AM_ERROR_DEVICE_NONE},         {"breakfast", AM_ERROR_OPTION},
               {"slow", AM_ERROR_OPTION},              {"error@0", AM_ERROR_OPTION}};
  for (const auto &fault : cases) {
    am_model *model = nullptr;
    const auto options = api::options({{"back-end", "npu"}, {"device", "emulated"}, {"device-faults", fault.faults}});
    CHECK_EQUAL(am_model_open(kDemo.c_str(), options.get(), &model), fault.status);
    CHECK(model == nullptr);
  }
}

TEST(an_object_that_is_no_device_is_no_back_end) {
  const support::TemporaryFolder folder;
  write_overlay(folder, R"("shape": [32, 64, 48])", R"({"a": "f32", "b": "f32", "c": "f32"})");
  const struct {
    const char *library;
    am_status status;
    const char *words;
  } cases[] = {{"libno-such-object.so", AM_ERROR_DEVICE_NO_BACK_END, "cannot load libno-such-object.so"},
               {"libc.so.6", AM_ERROR_DEVICE_NO_BACK_END, "is no device's object"},
               {AMANUENSIS_OTHER_TABLE, AM_ERROR_DEVICE_VERSION, "version 99"}};
  for (const auto &object : cases) {
    am_model *model = nullptr;
    const auto options = api::options({{"back-end", "npu"},
                                       {"device", "xrt"},
                                       {"device-overlay", folder.path().c_str()},
                                       {"device-library", object.library}});
    CHECK_STATUS(am_model_open(kDemo.c_str(), options.get(), &model), object.status, object.words);
  }
}

TEST(options_of_a_device_belong_to_back_end_npu) {
  am_model *model = nullptr;
  CHECK_STATUS(am_model_open(kDemo.c_str(), api::options({{"device", "emulated"}}).get(), &model), AM_ERROR_OPTION,
               "back-end npu");
  CHECK_STATUS(am_model_open(kDemo.c_str(), api::options({{"back-end", "npu"}}).get(), &model), AM_ERROR_OPTION,
               "device-overlay");
  CHECK_STATUS(am_model_open(kDemo.c_str(),
                             api::options({{"back-end", "npu"}, {"device-overlay", "x"}, {"device-faults", "lost"}}).get(),
                             &model),
               AM_ERROR_OPTION, "device emulated");
  for (const char *of_xrt : {"device-node", "device-library"}) {
    CHECK_STATUS(am_model_open(kDemo.c_str(),
                               api::options({{"back-end", "npu"}, {"device", "emulated"}, {of_xrt, "/dev/null"}}).get(),
                               &model),
                 AM_ERROR_OPTION, std::string(of_xrt) + "\" is for device xrt");
  }
  const auto cpu = api::open_model(kDemo);
  int64_t value = 0;
  CHECK_STATUS(am_model_number(cpu.get(), "device-runs", &value), AM_ERROR_ARGUMENT, "no device");
  CHECK_STATUS(am_device_reset(cpu.get()), AM_ERROR_ARGUMENT, "no device");
}

TEST(a_device_that_went_comes_back_by_reset_once_it_is_there) {
  const auto model = open_demo("lost@5-7");
  const Floats mel = mel_of_noise(model, 1);
  CHECK_EQUAL(encode(model, mel).status, AM_ERROR_DEVICE_LOST);
  CHECK_STATUS(am_device_reset(model.get()), AM_ERROR_DEVICE_LOST, "has not come back");
  CHECK_EQUAL(encode(model, mel).status, AM_ERROR_DEVICE_POISONED);
  CHECK_STATUS(am_device_reset(model.get()), AM_ERROR_DEVICE_LOST, "has not come back");
  CHECK_OK(am_device_reset(model.get()));
  CHECK(encode(model, mel).states == undisturbed_states());
}

TEST(a_file_unplugs_the_device_and_plugs_it_in_again) {
  const support::TemporaryFolder folder;
  const std::string file = folder.path() + "/faults";
  const auto model = api::open_model(kDemo, {{"back-end", "npu"},
                                             {"device", "emulated"},
                                             {"precision", "f32"},
                                             {"device-fault-file", file.c_str()}});
  const Floats mel = mel_of_noise(model, 1);
  CHECK(encode(model, mel).states == undisturbed_states());
  folder.write("faults", "lost\n");
  CHECK_EQUAL(encode(model, mel).status, AM_ERROR_DEVICE_LOST);
  CHECK_STATUS(am_device_reset(model.get()), AM_ERROR_DEVICE_LOST, "has not come back");
  std::remove(file.c_str());
  CHECK_OK(am_device_reset(model.get()));
  CHECK(encode(model, mel).states == undisturbed_states());
}

TEST(drift_passes_the_checks_of_outputs_and_shows_in_the_states) {
  const auto model = open_demo("drift@1-");
  const Encoded drifted = encode(model, mel_of_noise(model, 1));
  CHECK_EQUAL(drifted.status, AM_OK);
  CHECK(support::cosine(drifted.states, undisturbed_states()) < 0.99);
}

TEST(a_slow_run_within_its_time_changes_nothing) {
  const auto model = open_demo("slow:30@2-3");
  CHECK(encode(model, mel_of_noise(model, 1)).states == undisturbed_states());
}

TEST(states_do_not_depend_on_batch_neighbours_or_threads) {
  const auto model = open_demo("");
  const auto session = api::open_session(model);
  const Floats one = mel_of_noise(model, 1), other = mel_of_noise(model, 2);
  Floats batch = other;
  batch.insert(batch.end(), one.begin(), one.end());
  batch.insert(batch.end(), other.begin(), other.end());
  const Floats states = api::encode(model, session, batch);
  const auto size = static_cast<std::ptrdiff_t>(undisturbed_states().size());
  CHECK(Floats(states.begin() + size, states.begin() + 2 * size) == undisturbed_states());
  CHECK(Floats(states.begin(), states.begin() + size) != undisturbed_states());
  const int32_t threads = am_threads();
  for (const int32_t count : {1, 3}) {
    CHECK_OK(am_set_threads(count));
    Encoded results[3];
    std::vector<std::thread> workers;
    for (Encoded &result : results) {
      workers.emplace_back([&] { result = encode(model, one); });
    }
    for (std::thread &worker : workers) {
      worker.join();
    }
    for (const Encoded &result : results) {
      CHECK_EQUAL(result.status, AM_OK);
      CHECK(result.states == undisturbed_states());
    }
  }
  CHECK_OK(am_set_threads(threads));
}

TEST(a_full_queue_refuses_at_once_and_a_deadline_ends_the_wait) {
  const auto model = open_demo("slow:1500@1", "60000", "1");
  const Floats mel = mel_of_noise(model, 1);
  Encoded first, second;
  std::thread one([&] { first = encode(model, mel); });
  wait_until([&] { return api::number(model, "device-runs") == 2; });  // the slow one, and the one ahead of its result
  std::thread two([&] { second = encode(model, mel); });
  wait_until([&] { return api::number(model, "device-queue-depth") == 1; });
  const Encoded third = encode(model, mel);
  CHECK_EQUAL(third.status, AM_ERROR_DEVICE_BUSY);
  CHECK(third.message.find("device-queue") != std::string::npos);
  CHECK_EQUAL(api::number(model, "device-runs"), 2);  // the first one's command is still under way
  one.join();
  two.join();
  CHECK(first.states == undisturbed_states() && second.states == undisturbed_states());
  CHECK_EQUAL(api::number(model, "device-poisoned"), 0);

  const auto late = open_demo("slow:1500@1", "60000", "2");
  const auto call = api::open_call();
  CHECK_OK(am_call_start(call.get(), 300));
  CHECK_EQUAL(encode(late, mel, call.get()).status, AM_ERROR_DEADLINE);
  CHECK_EQUAL(api::number(late, "device-runs"), 2);  // given up while its command was under way
  CHECK(encode(late, mel).states == undisturbed_states());
}

TEST(a_call_that_is_over_gives_the_device_nothing_to_do) {
  const auto model = open_demo("error@1000001");
  const auto call = api::open_call();
  am_call_cancel(call.get());
  CHECK_EQUAL(encode(model, mel_of_noise(model, 1), call.get()).status, AM_ERROR_CANCELLED);
  CHECK_EQUAL(api::number(model, "device-runs"), 0);
}

TEST(models_of_equal_options_share_a_device_and_others_do_not) {
  const auto one = open_demo(""), same = open_demo(""), other = open_demo("error@1000000");
  encode(one, mel_of_noise(one, 1));
  constexpr int64_t kRuns = 6 * 16;  // layers of the demo model, and what each gives to the device
  CHECK_EQUAL(api::number(one, "device-runs"), kRuns);
  CHECK_EQUAL(api::number(same, "device-runs"), kRuns);
  CHECK_EQUAL(api::number(other, "device-runs"), 0);
  CHECK(encode(same, mel_of_noise(same, 1)).states == undisturbed_states());  // equal weights are no stale outputs
  // 0.0302 ms of operations or 0.0446 ms of bytes, the longer, and 0.107 ms to launch
  CHECK_AT_MOST(std::abs(static_cast<double>(api::number(one, "device-modelled-ns")) / (2 * kRuns) - 151.6e3), 0.5e3);
  const char *text = nullptr;
  CHECK_OK(am_model_text(one.get(), "back-end", &text));
  CHECK_EQUAL(std::string(text), "npu-emulated");
  CHECK_OK(am_model_text(one.get(), "device", &text));
  CHECK_EQUAL(std::string(text), "XDNA2 NPU (EMULATED)");
}

TEST(actual_context_runs_on_the_device_too) {
  const auto model = api::open_model(
      kDemo, {{"back-end", "npu"}, {"device", "emulated"}, {"precision", "f32"}, {"audio-context", "actual"}});
  const auto cpu = api::open_model(kDemo, {{"precision", "f32"}, {"audio-context", "actual"}});
  const auto session = api::open_session(model), exact = api::open_session(cpu);
  const Floats mel = api::log_mel(model, session, support::noise(48000, 1));
  const int64_t samples = 48000, count = 150 * 256;
  Floats states(500 * 256), expected(states.size());
  for (int round = 0; round < 2; ++round) {  // a longer window in between
    CHECK_OK(am_encode(session.get(), nullptr, mel.data(), 1, &samples, AM_FLOAT32, states.data(), 500 * 256));
    CHECK_OK(am_encode(exact.get(), nullptr, mel.data(), 1, &samples, AM_FLOAT32, expected.data(), 500 * 256));
    CHECK(support::cosine(Floats(states.begin(), states.begin() + count), Floats(expected.begin(), expected.begin() + count)) >=
          0.9995);
    CHECK_OK(am_encode(session.get(), nullptr, mel.data(), 1, nullptr, AM_FLOAT32, states.data(), 500 * 256));
  }
}

/** Base by hand: a layer of 512 x 512 blocks is 3 x 3 x (3 + 1 + 4 + 4) commands of 151.6 us; attention and convolutions 0.65 TFLOPS. */
TEST(the_latency_report_adds_up) {
  std::string report(16384, '\0');
  int64_t length = 0;
  CHECK_OK(am_device_estimate(api::options({{"device-tflops", "8.9"}}).get(), report.data(), 16384, &length));
  report.resize(static_cast<size_t>(length));
  const size_t row = report.find("\nbase ");
  CHECK(row != std::string::npos);
  std::istringstream numbers(report.substr(row + 6));
  int64_t commands = 0;
  double device_ms = 0, encoder_ms = 0, factor = 0;
  numbers >> commands >> device_ms >> encoder_ms >> factor;
  CHECK_EQUAL(commands, 6 * 108);
  CHECK_AT_MOST(std::abs(device_ms - 648 * 0.151625), 0.06);
  const double operations = 4.0 * 1500 * 1500 * 512 * 6 + 6.0 * (3000.0 * 80 * 512 + 1500.0 * 512 * 512);
  CHECK_AT_MOST(std::abs(encoder_ms - device_ms - operations / 650e6), 0.11);
  CHECK_AT_MOST(std::abs(factor - 30000 / encoder_ms), 1.0);
}

TEST(the_probe_and_the_self_test_say_what_they_saw) {
  const auto report_of = [](auto function, api::Pairs pairs) {
    std::string report(4096, '\0');
    int64_t length = 0;
    const am_status status =
        function(api::options(pairs).get(), report.data(), static_cast<int64_t>(report.size()), &length);
    report.resize(static_cast<size_t>(length));
    return std::pair(status, status == AM_OK ? report : am_last_error());
  };
  const auto probe = report_of(am_device_probe, {{"device", "emulated"}});
  CHECK_EQUAL(probe.first, AM_OK);
  CHECK(probe.second.find("device: XDNA2 NPU (EMULATED)\n") != std::string::npos);
  CHECK_EQUAL(report_of(am_device_probe, {{"device", "emulated"}, {"device-faults", "none"}}).first, AM_ERROR_DEVICE_NONE);
  const auto pass = report_of(am_device_self_test, {{"device", "emulated"}});
  CHECK_EQUAL(pass.first, AM_OK);
  CHECK(pass.second.find("position probes: 100 of 100 rows exact\n") != std::string::npos);
  CHECK(pass.second.ends_with("result: pass\n"));
  const auto wrong = report_of(am_device_self_test, {{"device", "emulated"}, {"device-faults", "drift"}});
  CHECK_EQUAL(wrong.first, AM_ERROR_DEVICE_WRONG);
  CHECK(wrong.second.find("row 0, column ") != std::string::npos);
  const auto subtle = report_of(am_device_self_test, {{"device", "emulated"}, {"device-faults", "drift@5-"}});
  CHECK_EQUAL(subtle.first, AM_ERROR_DEVICE_WRONG);
  CHECK(subtle.second.find("signed product") != std::string::npos);
}
