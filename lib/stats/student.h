#pragma once

namespace bytepath::stats {

// P(|T| >= |t|) for Student's t distribution with `freedom` degrees of freedom, which need not be
// whole; above 0 (NaN otherwise).
double student_two_sided(double t, double freedom);

}  // namespace bytepath::stats
