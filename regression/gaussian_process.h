// The learned part of the corrected family: a Gaussian process over size and mix of work, fitted to
// the logarithms t_i = ln(measured_i / linear forecast_i).
//
// With the kernel matrix K_ij = m(|z_i - z_j|) (Correction in latency_model.h) and noise v, in
// units of the process's own variance, the mean of the process is g(z) = sum_k w_k m(|z - z_k|)
// with
//
//   w = C^-1 t,     C = K + v I.
//
// Leave-one-out, without fitting n times (Rasmussen and Williams 2006, 5.12): with row i of C w = t
// struck out, w' = w - C^-1 e_i w_i / (C^-1)_ii solves the rest and has w'_i = 0, so the process of
// the others misses t_i by
//
//   t_i - g_-i(z_i) = w_i / (C^-1)_ii.
//
// The lengths of the coordinates and v are those with the least mean of its absolute values: first
// one length for all (in standard deviations of the coordinates), then each doubled or halved where
// that pays. Least absolute, since it is the median error that counts; and t is held within four
// robust standard deviations, so that a point that was measured wrongly pulls no harder than that.
#ifndef LATCAST_REGRESSION_GAUSSIAN_PROCESS_H_
#define LATCAST_REGRESSION_GAUSSIAN_PROCESS_H_

#include <span>

#include "regression/design.h"
#include "regression/family.h"
#include "regression/latency_model.h"

namespace latcast::regression {

// Lengths, offsets and noise for the points of a design and their linear forecasts x [ms], chosen
// on 100 of the points at most. The columns but the intercept are features, and not negative.
// Points with x = 0 have no mix and are left out; fewer than eight others give a tuning without
// lengths.
Tuning TuneProcess(const Design& design, std::span<const double> x,
                   std::span<const double> latency_ms);

// The correction with this tuning. Up to 400 points each is a node, beyond that 400 of them are
// (subset of regressors: w minimises |t - K_nm w|^2 + v w'K_mm w). No nodes where there is no
// tuning, or fewer than eight points. The same points give the same bits.
Correction FitProcess(const Design& design, std::span<const double> x,
                      std::span<const double> latency_ms, const Tuning& tuning);

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_GAUSSIAN_PROCESS_H_
