// Random configurations of a block family, spread as networks use them: sizes evenly over their
// logarithm, small choices evenly, every second one at batch 1.
#ifndef LATCAST_BENCH_PLAN_RANDOM_BLOCK_H_
#define LATCAST_BENCH_PLAN_RANDOM_BLOCK_H_

#include "analyzer/blocks/block_library.h"
#include "bench/harness/random.h"

namespace latcast::bench {

// Complete arguments within the parameters' limits. They need not fit together (a stride may forbid
// the shortcut): the family's build then says so.
blocks::BlockArguments RandomArguments(const blocks::BlockFamily& family, Random& random);

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_PLAN_RANDOM_BLOCK_H_
