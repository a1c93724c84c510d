// The caches of a core, as the kernel lists them.
#include "bench/backends/cpu_cache_sweep.h"

#include <filesystem>
#include <fstream>
#include <string>

#include "gtest/gtest.h"
#include "tests/support/temp_folder.h"

namespace latcast::bench {
namespace {

void AddCache(const std::string& folder, int index, const std::string& type,
              const std::string& size) {
  const std::filesystem::path cache =
      std::filesystem::path(folder) / ("index" + std::to_string(index));
  std::filesystem::create_directories(cache);
  std::ofstream(cache / "type") << type << "\n";
  std::ofstream(cache / "size") << size << "\n";
}

// Data lies in all levels but that of instructions.
TEST(CacheBytes, AddsUpWhatHoldsData) {
  const test::TempFolder folder;
  AddCache(folder.path(), 0, "Data", "48K");
  AddCache(folder.path(), 1, "Instruction", "32K");
  AddCache(folder.path(), 2, "Unified", "1024K");
  AddCache(folder.path(), 3, "Unified", "32M");
  EXPECT_EQ(CacheBytes(folder.path()), size_t{48 * 1024 + 1024 * 1024 + 32 * 1024 * 1024});
}

// Machines that do not say, as some virtual ones, have caches all the same.
TEST(CacheBytes, IsZeroWhereNothingIsSaid) {
  EXPECT_EQ(CacheBytes("/nonexistent"), size_t{0});
  CpuCacheSweep sweep(1);
  sweep.Run();
}

}  // namespace
}  // namespace latcast::bench
