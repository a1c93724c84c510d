// Figures in words, and words to choose from, that several subcommands use.
#ifndef LATCAST_CLIENTS_CLI_WORDING_H_
#define LATCAST_CLIENTS_CLI_WORDING_H_

#include <string>
#include <vector>

#include "regression/latency_model.h"

namespace latcast::cli {

// "+4.2 %": how far the forecast lies above the measurement.
std::string ErrorText(double predicted_ms, double measured_ms);

// "n 364, MdRE 6.2 %, MAPE 8.3 %, within 10 %: 73.0 %, tau 0.97".
std::string AccuracyText(const regression::Accuracy& accuracy);

// "1 thread", "4 threads".
std::string ThreadsText(int threads);

// "auto" and every feature set: the values of --features.
std::vector<std::string> FeatureSetChoices();

}  // namespace latcast::cli

#endif  // LATCAST_CLIENTS_CLI_WORDING_H_
