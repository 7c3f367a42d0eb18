// The physics of dark neutrinos against closed forms, traces of gamma matrices, slower integrals and published numbers.
#include <Eigen/Core>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <cmath>
#include <complex>

#include "core/physics/constants.hpp"
#include "core/physics/dark_neutrino.hpp"
#include "core/physics/upscattering.hpp"
#include "dark_neutrino_support.hpp"

using namespace anyslice;
using namespace anyslice::physics;
using anyslice::testing::dot;
using anyslice::testing::integral;
using anyslice::testing::nd280_reference;
using anyslice::testing::near;
using anyslice::testing::repository_json;
using anyslice::testing::square;
using anyslice::testing::sum;

namespace {

const Json& nuclei() {
  static const Json document = repository_json("data/nuclei/fourier-bessel.json")["nuclei"];
  return document;
}

bool is_proton(const Json& nucleus) { return nucleus.contains("shape"); }

FourierBessel form_factor(const Json& nucleus) {
  return {nucleus["radius_fm"].get<double>(), nucleus["coefficients_e_per_fm3"].get<std::vector<double>>()};
}

Target target(const std::string& name) {
  for (const Json& nucleus : nuclei()) {
    if (nucleus["name"] != name) continue;
    Target result{name, nucleus["charge"], nucleus["mass_GeV"], ProtonDipole{}};
    if (!is_proton(nucleus)) result.shape = form_factor(nucleus);
    return result;
  }
  FAIL(name << " is not among the nuclei");
  return {"", 0, 0, ProtonDipole{}};
}

/// A benchmark of the paper's Table I.
struct Benchmark {
  double mN, mZ, UmuN2, VN2, alphaD, epsilon;

  explicit Benchmark(const std::string& name) {
    const Json& numbers = nd280_reference()["benchmarks"][name];
    mN = numbers["mN_GeV"];
    mZ = numbers["mZ_GeV"];
    UmuN2 = numbers["UmuN2"];
    VN2 = numbers["VN2"];
    alphaD = numbers["alphaD"];
    epsilon = numbers.contains("epsilon2") ? std::sqrt(numbers["epsilon2"].get<double>())
                                           : std::sqrt(numbers["alpha_epsilon2"].get<double>() / kFineStructure);
  }
  double coupling() const { return upscattering_coupling(UmuN2, alphaD, epsilon); }
};

double spherical_bessel(double z) { return z == 0 ? 1 : std::sin(z) / z; }

/// int density(r) j0(q r) r^2 dr / int density(r) r^2 dr, from zero to the radius; q r in the unit of r.
template <typename Density>
double transform(const Density& density, double q, double radius) {
  const auto moment = [&](double wave_number) {
    return integral([&](double r) { return density(r) * spherical_bessel(wave_number * r) * r * r; }, 0, radius, 10);
  };
  return moment(q) / moment(0);
}

/// Enough digits for formulas as they are printed, before anything cancels.
using Precise = boost::multiprecision::cpp_bin_float_quad;

// Gamma matrices in Dirac's representation: amplitudes can then be squared as traces, without any formula of the core.
using Matrix = Eigen::Matrix4cd;
using Complex = std::complex<double>;
constexpr std::array<double, 4> kMetric = {1, -1, -1, -1};

const std::array<Matrix, 4>& gamma() {
  static const std::array<Matrix, 4> matrices = [] {
    const Complex i(0, 1);
    std::array<Matrix, 4> result;
    result[0] << 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, -1, 0, 0, 0, 0, -1;
    result[1] << 0, 0, 0, 1, 0, 0, 1, 0, 0, -1, 0, 0, -1, 0, 0, 0;
    result[2] << 0, 0, 0, -i, 0, 0, i, 0, 0, i, 0, 0, -i, 0, 0, 0;
    result[3] << 0, 0, 1, 0, 0, 0, 0, -1, -1, 0, 0, 0, 0, 1, 0, 0;
    return result;
  }();
  return matrices;
}

Matrix gamma5() { return Complex(0, 1) * gamma()[0] * gamma()[1] * gamma()[2] * gamma()[3]; }
Matrix unit() { return Matrix::Identity(); }
Matrix left() { return 0.5 * (unit() - gamma5()); }
Matrix right() { return 0.5 * (unit() + gamma5()); }

Matrix slash(const FourMomentum& p) {
  Matrix result = Matrix::Zero();
  for (std::size_t mu = 0; mu < 4; ++mu) result += kMetric[mu] * p[mu] * gamma()[mu];
  return result;
}

using Tensor = std::array<std::array<Complex, 4>, 4>;

/// tr[after vertex^mu before vertex-bar^nu].
Tensor trace(const Matrix& after, const std::array<Matrix, 4>& vertex, const Matrix& before,
             const std::array<Matrix, 4>& conjugate) {
  Tensor result;
  for (std::size_t mu = 0; mu < 4; ++mu) {
    const Matrix half = after * vertex[mu] * before;
    for (std::size_t nu = 0; nu < 4; ++nu) result[mu][nu] = (half * conjugate[nu]).trace();
  }
  return result;
}

std::array<Matrix, 4> times(const std::array<Matrix, 4>& vertices, const Matrix& matrix) {
  std::array<Matrix, 4> result;
  for (std::size_t mu = 0; mu < 4; ++mu) result[mu] = vertices[mu] * matrix;
  return result;
}

double contract(const Tensor& a, const Tensor& b) {
  Complex result = 0;
  for (std::size_t mu = 0; mu < 4; ++mu)
    for (std::size_t nu = 0; nu < 4; ++nu) result += kMetric[mu] * kMetric[nu] * a[mu][nu] * b[mu][nu];
  return result.real();
}

Tensor outer(const FourMomentum& a, const FourMomentum& b) {
  Tensor result;
  for (std::size_t mu = 0; mu < 4; ++mu)
    for (std::size_t nu = 0; nu < 4; ++nu) result[mu][nu] = a[mu] * b[nu];
  return result;
}

/// -g^{mu nu} + q^mu q^nu / m^2, the sum over the polarisations of a vector boson.
Tensor polarisations(const FourMomentum& q, double mass) {
  Tensor result = outer(q, q);
  for (std::size_t mu = 0; mu < 4; ++mu)
    for (std::size_t nu = 0; nu < 4; ++nu)
      result[mu][nu] = result[mu][nu] / square(mass) - (mu == nu ? kMetric[mu] : 0.0);
  return result;
}

/// nu(k) -> N(k') by the left-handed current, summed over the helicities of N.
Tensor upscattering_current(const FourMomentum& k, const FourMomentum& N, double mN) {
  std::array<Matrix, 4> conjugate;
  for (std::size_t nu = 0; nu < 4; ++nu) conjugate[nu] = right() * gamma()[nu];
  return trace(slash(N) + mN * unit(), times(gamma(), left()), slash(k), conjugate);
}

/// N -> nu(n) by the left-handed current, in units of mN, N at rest with its spin along z (helicity of the flight).
Tensor decay_current(const FourMomentum& neutrino, int helicity) {
  std::array<Matrix, 4> conjugate;
  for (std::size_t nu = 0; nu < 4; ++nu) conjugate[nu] = right() * gamma()[nu];
  const FourMomentum spin{0, 0, 0, static_cast<double>(helicity)};
  const Matrix polarised = 0.5 * (slash({1, 0, 0, 0}) + unit()) * (unit() + gamma5() * slash(spin));
  return trace(slash(neutrino), times(gamma(), left()), polarised, conjugate);
}

Tensor pair_current(const ThreeBodyMomenta& pair, double electron_mass) {
  return trace(slash(pair.electron) + electron_mass * unit(), gamma(), slash(pair.positron) - electron_mass * unit(),
               gamma());
}

FourMomentum neutrino_of(const ThreeBodyMomenta& pair) {
  return sum(sum({1, 0, 0, 0}, pair.electron, -1), pair.positron, -1);
}

/// Scattering in the laboratory: nu along z, the target at rest.
struct Scattering {
  FourMomentum k, N, target, recoil;

  Scattering(double energy, double Q2, double mN, double M) {
    const double energy_N = energy - Q2 / (2 * M), momentum = std::sqrt(square(energy_N) - square(mN));
    const double along = (2 * energy * energy_N - mN * mN - Q2) / (2 * energy);
    k = {energy, 0, 0, energy};
    N = {energy_N, std::sqrt(std::max(0.0, square(momentum) - square(along))), 0, along};
    target = {M, 0, 0, 0};
    recoil = sum(sum(k, target), N, -1);
  }
};

/// sigma by the midpoint rule in ln Q2, from the formula for L as arXiv:2205.12273 leads to it.
double slow_cross_section(double energy, double mN, double mZ, double coupling, const Target& target, double low,
                          double high) {
  constexpr int kSteps = 4000;
  const double M = target.mass, s = M * M + 2 * M * energy, step = std::log(high / low) / kSteps;
  double result = 0;
  for (int i = 0; i < kSteps; ++i) {
    const double Q2 = low * std::exp((i + 0.5) * step), u = 2 * M * M + mN * mN - s + Q2;
    const double L = square(s - u) - (4 * M * M + Q2) * (mN * mN + Q2);
    const auto hadron = target.tensor(Q2);
    const double H = hadron.convective * L + hadron.transverse * (mN * mN + Q2) * (2 * Q2 - mN * mN);
    result += Q2 * step * 4 * kPi * coupling * H / square(Q2 + mZ * mZ) / (16 * kPi * square(s - M * M));
  }
  return result * kHbarCSquaredGeV2Cm2;
}

}  // namespace

TEST_CASE("form factors have the values, charges and radii of the reference") {
  const Json& expected = nd280_reference()["form_factors"];
  const auto transfers = expected["Q2_GeV2"].get<std::vector<double>>();
  for (const Json& nucleus : nuclei()) {
    const std::string name = nucleus["name"];
    CAPTURE(name);
    if (is_proton(nucleus)) continue;
    REQUIRE(expected["nuclei"].contains(name));
    const Json& row = expected["nuclei"][name];
    const auto F = form_factor(nucleus);
    CHECK(nucleus["charge"] == row["charge"]);
    CHECK(F(0) == near(1, 1e-14));
    CHECK(F.charge() == near(row["charge"].get<double>(), 1.1e-4));
    CHECK(F.rms_radius_fm() == near(row["rms_radius_fm"].get<double>(), 2e-5));
    for (std::size_t i = 0; i < transfers.size(); ++i) {
      CHECK(F(transfers[i]) == near(row["values"][i].get<double>(), 1e-10));
      CHECK(target(name).tensor(transfers[i]).convective ==
            near(square(row["charge"].get<double>() * row["values"][i].get<double>()), 1e-9));
      CHECK(target(name).tensor(transfers[i]).transverse == 0);
    }
    // F = 1 - Q2 <r^2> / 6 + ...
    const double small = 1e-8;
    CHECK(6 * (1 - F(small)) / small * square(kHbarCGeVFermi) == near(square(F.rms_radius_fm()), 1e-6));
  }
}

TEST_CASE("form factors are the transforms of their charge densities, also where a term is zero over zero") {
  for (const Json& nucleus : nuclei()) {
    if (is_proton(nucleus)) continue;
    CAPTURE(nucleus["name"].get<std::string>());
    const auto F = form_factor(nucleus);
    const auto coefficients = nucleus["coefficients_e_per_fm3"].get<std::vector<double>>();
    const double R = F.radius_fm();
    const auto density = [&](double r) {
      double result = 0;
      for (std::size_t n = 1; n <= coefficients.size(); ++n)
        result += coefficients[n - 1] * spherical_bessel(static_cast<double>(n) * kPi * r / R);
      return result;
    };
    const double charge = integral([&](double r) { return 4 * kPi * density(r) * r * r; }, 0, R, 10);
    CHECK(F.charge() == near(charge, 1e-12));
    const double radius2 = integral([&](double r) { return 4 * kPi * density(r) * r * r * r * r; }, 0, R, 10) / charge;
    CHECK(F.rms_radius_fm() == near(std::sqrt(radius2), 1e-12));

    const auto at = [&](double x) { return F(square(x * kHbarCGeVFermi / R)); };
    std::vector<double> places = {0.01, 0.4, 1.3, 2, 4.5, 11};
    for (std::size_t n = 1; n <= coefficients.size() + 2; ++n) {
      const double pole = static_cast<double>(n) * kPi;
      for (const double x : {pole, pole * (1 - 1e-9), pole * (1 + 1e-9), pole - 1e-4, pole + 0.0999, pole + 0.1001})
        places.push_back(x);
    }
    for (const double x : places) {
      // Beyond the last coefficient F vanishes at every x = n pi.
      const double direct = transform(density, x / R, R), difference = std::abs(at(x) - direct);
      CAPTURE(x);
      CHECK(difference < 1e-10 * std::abs(direct) + 1e-15);
    }
  }
}

TEST_CASE("the legacy form factor is the transform of a symmetrised Fermi distribution with the radius of the code") {
  for (const double mass_number : {12.0, 63.546, 207.2}) {
    const LegacyFermi F(mass_number);
    // hbar c = 0.197 GeV fm in that code.
    const double a = 0.523, r0 = 1.03 * std::cbrt(0.9385 * mass_number), hbar_c = 0.197;
    const auto density = [&](double r) { return std::sinh(r0 / a) / (std::cosh(r0 / a) + std::cosh(r / a)); };
    CHECK(F(0) == 1);
    CHECK(F(1e-12) == near(1, 1e-9));
    for (const double q : {0.02, 0.3, 0.7, 1.1, 1.7})
      CHECK(F(square(q * hbar_c)) == near(transform(density, q, r0 + 40 * a), 1e-9));
    // Where the formula takes over from the limit.
    const double switch_Q = 1e-3 / (r0 / hbar_c);
    CHECK(F(square(switch_Q * (1 + 1e-9))) == near(1, 1e-6));
    const Target legacy{"legacy", 7, 10, F};
    CHECK(legacy.tensor(0.01).convective == near(49 * square(F(0.01)), 1e-14));
    CHECK(legacy.tensor(0.01).transverse == 0);
  }
}

TEST_CASE("the free proton: charge, magnetic moment, and the same from the form factors of Dirac and Pauli") {
  const ProtonDipole proton;
  CHECK(proton(0).convective == 1);                           // G_E(0)^2
  CHECK(proton(0).transverse == near(square(2.792), 1e-14));  // G_M(0)^2
  const double M = kProtonMassGeV, mu = 2.792;
  for (const double Q2 : {1e-6, 0.01, 0.3, 2.0, 4.0}) {
    CAPTURE(Q2);
    const double tau = Q2 / (4 * M * M), dipole = 1 / square(1 + Q2 / square(0.843));
    const double F1 = dipole * (1 + tau * mu) / (1 + tau), F2 = dipole * (mu - 1) / (1 + tau);
    CHECK(proton(Q2).convective == near(square(F1) + tau * square(F2), 1e-13));
    CHECK(proton(Q2).transverse == near(square(F1 + F2), 1e-13));
  }
}

TEST_CASE("the limits of Q2 are those of a scan of the scattering angle") {
  for (const double M : {kProtonMassGeV, 11.17486428, 193.6876912}) {
    for (const double mN : {0.005, 0.1, 1.0}) {
      for (const double excess : {1.001, 1.3, 10.0}) {
        const double energy = excess * upscattering_threshold(mN, M);
        const auto range = transfer_range(energy, mN, M);
        CAPTURE(M);
        CAPTURE(mN);
        CAPTURE(energy);
        // The recoil of the target, boosted from the centre of mass.
        const Precise m = mN, target = M, E = energy;
        const Precise root_s = sqrt(target * target + 2 * target * E), s = root_s * root_s;
        const Precise p = sqrt((s - (target + m) * (target + m)) * (s - (target - m) * (target - m))) / (2 * root_s);
        const Precise recoil_energy = sqrt(target * target + p * p);
        Precise low = 1e9, high = 0;
        bool inside = true;
        for (int i = 0; i <= 400; ++i) {
          const Precise cosine = Precise(i) / 200 - 1;
          const Precise recoil = ((E + target) * recoil_energy - E * p * cosine) / root_s - target;
          const Precise Q2 = 2 * target * recoil;
          low = std::min(low, Q2);
          high = std::max(high, Q2);
          inside = inside && Q2 > range.low * (1 - 1e-11) && Q2 < range.high * (1 + 1e-11);
        }
        CHECK(inside);
        CHECK(range.high == near(static_cast<double>(high), 1e-12));
        CHECK(range.low == near(static_cast<double>(low), 1e-12));
      }
    }
  }
}

TEST_CASE("nothing is made at and below threshold, and little just above") {
  const Target lead = target("Pb208");
  for (const double mN : {0.005, 0.1, 1.0}) {
    const double M = lead.mass, threshold = upscattering_threshold(mN, M);
    CHECK(threshold == near((square(M + mN) - M * M) / (2 * M), 1e-12));
    for (const double energy : {0.0, mN, threshold * (1 - 1e-9), threshold}) {
      const auto range = transfer_range(energy, mN, M);
      CHECK(range.low == 0);
      CHECK(range.high == 0);
      CHECK(total_cross_section(energy, mN, 0.1, 1, lead) == 0);
      CHECK(differential_cross_section(energy, 0.0, mN, 0.1, 1, lead) == 0);
      CHECK(differential_cross_section(energy, mN * mN, mN, 0.1, 1, lead) == 0);
    }
    // At threshold N and the target stay together: Q2 = mN^2 M / (M + mN). The width of the range goes as the momentum
    // in the centre of mass, the root of the excess.
    const double at_rest = mN * mN * M / (M + mN);
    for (const double excess : {1e-6, 1e-10}) {
      const auto range = transfer_range(threshold * (1 + excess), mN, M);
      CHECK(range.low < at_rest);
      CHECK(range.high > at_rest);
      CHECK(range.high - range.low < 4 * at_rest * std::sqrt(2 * excess) * 1.1);
      CHECK(total_cross_section(threshold * (1 + excess), mN, 0.1, 1, lead) > 0);
    }
  }
}

TEST_CASE("the lower limit of Q2 is not lost to rounding") {
  // 2k(E_N - p_N) - mN^2 = mN^2 (2k - E_N - p_N) / (E_N + p_N): the bracket, too, is a small difference.
  for (const double M : {kProtonMassGeV, 11.17486428, 193.6876912}) {
    const Precise mN = 0.005, E = 10, root_s = sqrt(M * (M + 2 * E));
    const Precise k = M * E / root_s, energy_N = k + mN * mN / (2 * root_s);
    const Precise sum = energy_N + sqrt(energy_N * energy_N - mN * mN);
    const auto low = static_cast<double>(mN * mN * (2 * k - sum) / sum);
    CHECK(transfer_range(10, 0.005, M).low == near(low, 1e-13));
  }
  // To leading order mN^4 / 4E^2, here 1.6e-12 GeV^2.
  CHECK(transfer_range(10, 0.005, 193.6876912).low == near(square(square(0.005)) / 400, 1e-3));
}

TEST_CASE("both contractions follow from the traces of the lepton current") {
  for (const double M : {kProtonMassGeV, 11.17486428, 193.6876912}) {
    for (const double mN : {0.005, 0.1, 0.8}) {
      for (const double energy : {1.2, 3.0}) {
        const auto range = transfer_range(energy, mN, M);
        for (const double place : {0.001, 0.3, 0.9}) {
          const double Q2 = range.low + place * (std::min(range.high, 4.0) - range.low);
          CAPTURE(M);
          CAPTURE(mN);
          CAPTURE(energy);
          CAPTURE(Q2);
          // As the formula reads before anything cancels.
          const Precise M2 = Precise(M) * M, m2 = Precise(mN) * mN, s = M2 + 2 * Precise(M) * energy;
          const Precise printed = 4 * s * s + 4 * M2 * M2 + m2 * m2 + m2 * Q2 - 4 * s * (2 * M2 + m2 + Q2);
          CHECK(convective_contraction(energy, Q2, mN, M) == near(static_cast<double>(printed), 1e-11));

          const Scattering event(energy, Q2, mN, M);
          const Tensor lepton = upscattering_current(event.k, event.N, mN);
          const FourMomentum P = sum(event.target, event.recoil), q = sum(event.k, event.N, -1);
          CHECK(dot(q, q) == near(-Q2, 1e-8));
          CHECK(contract(lepton, outer(P, P)) == near(convective_contraction(energy, Q2, mN, M), 1e-10));
          // A scalar target with convective = 0 and transverse = 1: Q2 (-g + q q / q^2).
          Tensor transverse = outer(q, q);
          for (std::size_t mu = 0; mu < 4; ++mu)
            for (std::size_t nu = 0; nu < 4; ++nu)
              transverse[mu][nu] = -transverse[mu][nu] - (mu == nu ? Q2 * kMetric[mu] : 0.0);
          CHECK(std::abs(contract(lepton, transverse) - transverse_contraction(Q2, mN)) <
                1e-8 * (Q2 + mN * mN) * (2 * Q2 + mN * mN));
          // A point particle of spin 1/2 has both: L(1/2) - L is the transverse part.
          const Matrix after = slash(event.recoil) + M * unit(), before = slash(event.target) + M * unit();
          const double half = contract(lepton, trace(after, gamma(), before, gamma())) / 2;
          CHECK(half == near(convective_contraction(energy, Q2, mN, M) + transverse_contraction(Q2, mN), 1e-10));
        }
      }
    }
  }
}

TEST_CASE("the cross section of the proton is the trace over its Dirac and Pauli currents") {
  const Target proton = target("H1");
  const double M = proton.mass, mu = 2.792;
  for (const double mN : {0.05, 0.5}) {
    for (const double energy : {1.0, 4.0}) {
      for (const double place : {0.05, 0.5, 0.95}) {
        const auto range = transfer_range(energy, mN, M);
        const double Q2 = range.low + place * (range.high - range.low);
        CAPTURE(mN);
        CAPTURE(energy);
        CAPTURE(Q2);
        const Scattering event(energy, Q2, mN, M);
        const double tau = Q2 / (4 * M * M), dipole = 1 / square(1 + Q2 / square(0.843));
        const double F1 = dipole * (1 + tau * mu) / (1 + tau), F2 = dipole * (mu - 1) / (1 + tau);
        const Matrix q = slash(sum(event.recoil, event.target, -1));
        std::array<Matrix, 4> vertex, conjugate;
        for (std::size_t nu = 0; nu < 4; ++nu) {
          const Matrix& g = gamma()[nu];
          const Matrix pauli = F2 / (2 * M) * 0.5 * (q * g - g * q);  // F2 i sigma^{nu lambda} q_lambda / 2M
          vertex[nu] = F1 * g + pauli;
          conjugate[nu] = F1 * g - pauli;
        }
        const Tensor hadron =
            trace(slash(event.recoil) + M * unit(), vertex, slash(event.target) + M * unit(), conjugate);
        const double traced = contract(upscattering_current(event.k, event.N, mN), hadron) / 2;
        const double coupling = 1e-6, mZ = 0.3;
        const double amplitude = 4 * kPi * coupling * traced / square(Q2 + mZ * mZ);
        CHECK(differential_cross_section(energy, Q2, mN, mZ, coupling, proton) ==
              near(kHbarCSquaredGeV2Cm2 * amplitude / (16 * kPi * square(2 * M * energy)), 1e-9));
      }
    }
  }
}

TEST_CASE("total cross sections agree with the independent calculation and with DarkNews") {
  const Json& tables = nd280_reference()["cross_sections"];
  const auto energies = tables["energies_GeV"].get<std::vector<double>>();
  for (const std::string name : {"A", "B"}) {
    const Benchmark point(name);
    for (const auto& entry : tables[name].items()) {
      const std::string nucleus = entry.key();
      const Json& row = entry.value();
      const Target hit = target(nucleus);
      const double M = hit.mass;
      for (std::size_t i = 0; i < energies.size(); ++i) {
        CAPTURE(name);
        CAPTURE(nucleus);
        CAPTURE(energies[i]);
        const double found = total_cross_section(energies[i], point.mN, point.mZ, point.coupling(), hit);
        if (row.contains("independent")) CHECK(found == near(row["independent"][i].get<double>(), 2e-7));
        double darknews = row["darknews"][i];
        const double s = M * (M + 2 * energies[i]);
        if (point.mN / std::sqrt(s) < 1e-3) {
          // What its approximate lower limit of Q2 adds.
          const double approximate = square(M * square(point.mN)) / square(s - M * M);
          darknews -= tables["darknews_coupling_ratio"].get<double>() *
                      slow_cross_section(energies[i], point.mN, point.mZ, point.coupling(), hit, approximate,
                                         transfer_range(energies[i], point.mN, M).low);
        }
        // What is left is the interference with the Z, small for the proton since 1 - 4 sin^2 is.
        const double rest = darknews / found / tables["darknews_coupling_ratio"].get<double>() - 1;
        if (nucleus == "H1") {
          CHECK(std::abs(rest) < 0.0007);
        } else {
          CHECK(rest > -0.003);
          CHECK(rest < -0.0005);
        }
      }
    }
  }
}

TEST_CASE("total cross sections agree with a fine sum from threshold to high energy, for any mediator") {
  for (const std::string name : {"H1", "C12", "Pb208"}) {
    const Target hit = target(name);
    for (const double mN : {0.005, 0.1, 1.0}) {
      for (const double mZ : {0.005, 0.06, 1.25, 10.0}) {
        for (const double excess : {1.01, 3.0, 30.0}) {
          const double energy = std::max(excess * upscattering_threshold(mN, hit.mass), 0.05 * excess);
          auto range = transfer_range(energy, mN, hit.mass);
          range.high = std::min(range.high, 4.0);
          CAPTURE(name);
          CAPTURE(mN);
          CAPTURE(mZ);
          CAPTURE(energy);
          const double slow = slow_cross_section(energy, mN, mZ, 1e-9, hit, range.low, range.high);
          CHECK(total_cross_section(energy, mN, mZ, 1e-9, hit) == near(slow, 2e-6));
        }
      }
    }
  }
  // A massless N has no lower limit.
  const Target carbon = target("C12");
  const double massless = total_cross_section(1, 0, 0.1, 1e-9, carbon);
  CHECK(massless == near(total_cross_section(1, 1e-5, 0.1, 1e-9, carbon), 1e-5));
  // A cut in Q removes the integral above it, all of it where the lower limit is higher.
  CHECK(total_cross_section(1, 0.1, 0.1, 1e-9, carbon, 0.1) ==
        near(slow_cross_section(1, 0.1, 0.1, 1e-9, carbon, transfer_range(1, 0.1, carbon.mass).low, 0.01), 1e-5));
  CHECK(total_cross_section(1.2, 1, 0.1, 1e-9, carbon, 0.1) == 0);
}

TEST_CASE("the differential cross section ends at the limits of Q2 and re-weights to another mediator") {
  for (const std::string name : {"H1", "O16", "Pb208"}) {
    const Target hit = target(name);
    for (const double mN : {0.01, 0.3}) {
      const double energy = 0.8;
      const auto range = transfer_range(energy, mN, hit.mass);
      const auto at = [&](double Q2, double mZ) { return differential_cross_section(energy, Q2, mN, mZ, 1e-9, hit); };
      CHECK(at(range.low, 1) > 0);
      CHECK(at(range.high, 1) >= 0);
      CHECK(at(range.low * (1 - 1e-12), 1) == 0);
      CHECK(at(range.high * (1 + 1e-12), 1) == 0);
      CHECK(at(-0.01, 1) == 0);
      CHECK(at(0, 1) == 0);
      for (const double place : {0.01, 0.2, 0.7}) {
        const double Q2 = range.low + place * (range.high - range.low);
        CHECK(at(Q2, 0.02) / at(Q2, 3) == near(square((Q2 + 9) / (Q2 + 0.0004)), 1e-13));
        CHECK(at(Q2, 0.02) * square(Q2 + 0.0004) == near(reduced_cross_section(energy, Q2, mN, 1e-9, hit), 1e-13));
        CHECK(at(Q2, 0.02) == near(differential_cross_section(energy, Q2, mN, 0.02, 1, hit) * 1e-9, 1e-13));
      }
    }
  }
  CHECK(upscattering_coupling(2e-7, 0.3, 1e-2) == near(2e-7 * 0.3 * 4 * kPi / 137.03599908 * 1e-4, 1e-14));
}

TEST_CASE("the rough cross section is the integral with a box for the form factor") {
  // Eq. A1 of arXiv:2205.12273, with x_A = Q / M and the prefactor x_A^2 / 8.
  const double mZ = 30;
  const std::vector<std::pair<std::string, double>> nuclei_with_mass_numbers = {
      {"C12", 12}, {"Ar40", 40}, {"Pb208", 208}};
  for (const auto& entry : nuclei_with_mass_numbers) {
    const std::string name = entry.first;
    const double mass_number = entry.second;
    const Target hit = target(name);
    for (const double energy : {1.0, 2.0, 5.0}) {
      CAPTURE(name);
      CAPTURE(energy);
      for (const double lambda : {0.1, 0.2}) {
        const double Q = 2 * lambda / std::cbrt(mass_number);
        const double box =
            integral([&](double Q2) { return convective_contraction(energy, Q2, 0, hit.mass); }, 0, Q * Q);
        const double exact = kHbarCSquaredGeV2Cm2 * 1e-9 * square(hit.charge) * box /
                             (4 * square(2 * hit.mass * energy) * std::pow(mZ, 4));
        CHECK(rough_cross_section(energy, mZ, 1e-9, hit.charge, hit.mass, mass_number, lambda) == near(exact, 1e-11));
      }
      // Between the two ends of the range of Lambda_QCD lies the integral with the measured form factor.
      for (const double mN : {0.01, 0.1}) {
        const double exact = total_cross_section(energy, mN, 1.25, 1e-9, hit);
        const auto rough = [&](double lambda) {
          return rough_cross_section(energy, 1.25, 1e-9, hit.charge, hit.mass, mass_number, lambda);
        };
        CHECK(rough(0.1) < exact);
        CHECK(rough(0.2) > exact);
        CHECK(rough(0.15) / exact == near(0.85, 0.15));
        CHECK(rough_cross_section(energy, 1.25, 1e-9, hit.charge, hit.mass, mass_number) == rough(0.15));
      }
    }
  }
}

TEST_CASE("the enhancement by the propagator: series, closed form and integral are one function") {
  CHECK(propagator_enhancement(0) == 1);
  CHECK(propagator_enhancement(1) == near(4, 1e-14));
  CHECK(propagator_enhancement(1 - 1e-12) == near(4, 1e-9));
  // 1 + 0.6 x + 0.4 x^2 + 2/7 x^3 + ...
  CHECK((propagator_enhancement(1e-7) - 1) / 1e-7 == near(0.6, 1e-6));
  CHECK((propagator_enhancement(1e-3) - 1 - 0.6e-3) / 1e-6 == near(0.4 + 2e-3 / 7, 1e-5));
  for (const double x : {0.1, 0.15, 0.19, 0.2 - 1e-15, 0.2, 0.21, 0.3, 0.5, 0.9, 0.99}) {
    const Precise X = x;
    const Precise closed = 12 / (X * X * X * X) * (X - X * X / 2 - X * X * X / 6 + (1 - X) * log(1 - X));
    CHECK(propagator_enhancement(x) == near(static_cast<double>(closed), 1e-12));
  }
  for (const double x : {0.0, 1e-4, 0.02, 0.15, 0.25, 0.7, 0.95, 1.0}) {
    const double direct =
        integral([x](double y) { return 2 * square(1 - y) * (1 + 2 * y) / square(1 - x * y); }, 0, 1, 20);
    CHECK(propagator_enhancement(x) == near(direct, 1e-12));
  }
}

TEST_CASE("widths and lifetimes of the benchmarks") {
  const Json& widths = nd280_reference()["widths"];
  for (const char* name : {"B", "B_as_printed"}) {
    const Benchmark point("B");
    const Json& expected = widths[name];
    const double epsilon = std::sqrt(expected["epsilon2"].get<double>());
    const double width = off_shell_width(point.mN, point.mZ, point.alphaD, epsilon, point.VN2);
    CHECK(width == near(expected["width_massless_GeV"].get<double>(), 1e-9));
    CHECK(ctau0_cm(width) == near(expected["ctau_massless_cm"].get<double>(), 1e-9));
    // The mass of the electrons takes 12 r / L away, r = (me/mN)^2, to leading order: the antiderivative of
    // (1 + 2r/y) sqrt(1 - 4r/y) is y (1 - 4r/y)^(3/2), which is y - 6r for large y.
    const double massive =
        off_shell_width_massive(point.mN, point.mZ, point.alphaD, epsilon, point.VN2, kElectronMassGeV);
    CHECK(massive == near(expected["width_GeV"].get<double>(), 1e-8));
    CHECK(massive / width - 1 ==
          near(-12 * square(kElectronMassGeV / point.mN) / propagator_enhancement(square(point.mN / point.mZ)), 0.002));
  }
  const Benchmark A("A");
  const Json& expected = widths["A"];
  const double width = on_shell_width(A.mN, A.mZ, A.alphaD, A.VN2);
  CHECK(width == near(expected["width_GeV"].get<double>(), 1e-9));
  CHECK(ctau0_cm(width) == near(expected["ctau_cm"].get<double>(), 1e-9));
  CHECK(mediator_width(A.mZ, A.epsilon) == near(expected["mediator_width_GeV"].get<double>(), 1e-9));
  CHECK(ctau0_cm(mediator_width(A.mZ, A.epsilon)) == near(expected["mediator_ctau_cm"].get<double>(), 1e-9));
  CHECK(std::isinf(ctau0_cm(0)));

  // Eq. 12: about 1 cm at |V_N| = 1, mZ = 1.25 GeV, mN = 100 MeV, epsilon = 1e-2, for alpha_D = 1.
  CHECK(ctau0_cm(off_shell_width(0.1, 1.25, 1, 1e-2, 1)) == near(1, 0.02));
  // Its powers hold where L is close to 1.
  CHECK(ctau0_cm(off_shell_width(0.05, 2.5, 1, 2e-2, 1)) / ctau0_cm(off_shell_width(0.1, 1.25, 1, 1e-2, 1)) ==
        near(32.0 * 16 / 4, 0.005));

  const auto bounds = width_bounds(off_shell_width(0.1, 1.25, 0.4, 0.02, 1), 2.2e-7);
  CHECK(bounds.largest == off_shell_width(0.1, 1.25, 0.4, 0.02, 1));
  CHECK(bounds.smallest == near(off_shell_width(0.1, 1.25, 0.4, 0.02, 2.2e-7), 1e-12));
}

TEST_CASE("the width with massive electrons: its massless limit and its threshold") {
  for (const double mN : {0.005, 0.1, 1.0}) {
    for (const double mZ : {1.0001 * mN, 1.1 * mN, 2 * mN, 50 * mN}) {
      CAPTURE(mN);
      CAPTURE(mZ);
      const double massless = off_shell_width(mN, mZ, 0.3, 1e-3, 0.1);
      CHECK(off_shell_width_massive(mN, mZ, 0.3, 1e-3, 0.1, 1e-9 * mN) == near(massless, 1e-6));
      CHECK(off_shell_width_massive(mN, mZ, 0.3, 1e-3, 0.1, 0) == near(massless, 1e-6));
      CHECK(off_shell_width_massive(mN, mZ, 0.3, 1e-3, 0.1, 0.1 * mN) < massless);
      CHECK(off_shell_width_massive(mN, mZ, 0.3, 1e-3, 0.1, 0.4999 * mN) < 1e-5 * massless);
      CHECK(off_shell_width_massive(mN, mZ, 0.3, 1e-3, 0.1, 0.5 * mN) == 0);
      CHECK(off_shell_width_massive(mN, mZ, 0.3, 1e-3, 0.1, 2 * mN) == 0);
    }
  }
  CHECK(three_body_norm(0) == near(0.5, 1e-11));
  CHECK(three_body_norm(1e-9) == near(0.5, 1e-11));
}

namespace {

/// Points of N -> nu e- e+ over its phase space.
std::vector<ThreeBodyPoint> decay_points(double electron_mass) {
  std::vector<ThreeBodyPoint> points;
  const double low = 4 * square(electron_mass);
  for (const double place : {1e-6, 0.02, 0.5, 0.97})
    for (const double cos_neutrino : {-1.0, -0.4, 0.7, 1.0})
      for (const double cos_electron : {-0.9, 0.1, 1.0})
        for (const double phi : {0.0, 1.0, 4.0})
          points.push_back({low + place * (1 - low), cos_neutrino, cos_electron, phi});
  return points;
}

/// Mean over the directions of the electron: Gauss in the cosine, even steps in the azimuth; exact for an amplitude
/// that is quadratic in the momenta.
template <typename Function>
double mean_over_electron(double y, double cos_neutrino, const Function& function) {
  constexpr int kAzimuths = 8;
  return integral(
      [&](double cos_electron) {
        double sum = 0;
        for (int i = 0; i < kAzimuths; ++i)
          sum += function(ThreeBodyPoint{y, cos_neutrino, cos_electron, 2 * kPi * (i + 0.3) / kAzimuths});
        return sum / kAzimuths / 2;
      },
      -1, 1);
}

double shape_at(const ThreeBodyPoint& point, int helicity, double electron_mass) {
  return three_body_shape(point, three_body_momenta(point, electron_mass), helicity, electron_mass);
}

}  // namespace

TEST_CASE("three-body momenta are on shell, conserve energy and momentum, and point where the variables say") {
  for (const double electron_mass : {0.0, 0.005, 0.2, 0.45}) {
    for (const auto& point : decay_points(electron_mass)) {
      CAPTURE(electron_mass);
      CAPTURE(point.y);
      CAPTURE(point.cos_neutrino);
      CAPTURE(point.cos_electron);
      CAPTURE(point.phi_electron);
      const auto pair = three_body_momenta(point, electron_mass);
      CHECK(std::abs(dot(pair.electron, pair.electron) - square(electron_mass)) < 1e-14);
      CHECK(std::abs(dot(pair.positron, pair.positron) - square(electron_mass)) < 1e-14);
      const auto q = sum(pair.electron, pair.positron);
      CHECK(dot(q, q) == doctest::Approx(point.y).epsilon(1e-13));
      const auto neutrino = neutrino_of(pair);
      CHECK(std::abs(dot(neutrino, neutrino)) < 1e-14);
      CHECK(neutrino[0] == near((1 - point.y) / 2, 1e-12));
      CHECK(neutrino[3] == doctest::Approx(neutrino[0] * point.cos_neutrino).epsilon(1e-13));
      CHECK(neutrino[1] >= -1e-15);
      CHECK(std::abs(neutrino[2]) < 1e-15);
      // In the frame of the pair the electron makes the angle with its flight: p- . (q + n) = energies there.
      const double momentum = std::sqrt(std::max(0.0, point.y / 4 - square(electron_mass)));
      const double boost = (1 - point.y) / (2 * std::sqrt(point.y)), gamma = (1 + point.y) / (2 * std::sqrt(point.y));
      CHECK(pair.electron[0] ==
            doctest::Approx(gamma * std::sqrt(point.y) / 2 + boost * momentum * point.cos_electron).epsilon(1e-12));
    }
  }
  // The azimuth is zero in the plane of the flight, on the side of z.
  for (const double cos_neutrino : {-0.8, 0.0, 0.5}) {
    const auto up = three_body_momenta({0.3, cos_neutrino, 0.2, 0}, 0.01).electron;
    const auto down = three_body_momenta({0.3, cos_neutrino, 0.2, kPi}, 0.01).electron;
    const auto side = three_body_momenta({0.3, cos_neutrino, 0.2, kPi / 2}, 0.01).electron;
    CHECK(up[2] == 0);
    CHECK(up[3] > side[3]);
    CHECK(side[3] > down[3]);
    CHECK(side[2] > 0);
  }
}

TEST_CASE("the decay density is the trace over the currents of neutrino and pair") {
  for (const double electron_mass : {0.0, 0.005, 0.2}) {
    for (const auto& point : decay_points(electron_mass)) {
      const auto pair = three_body_momenta(point, electron_mass);
      for (const int helicity : {-1, 1}) {
        const double traced = contract(decay_current(neutrino_of(pair), helicity), pair_current(pair, electron_mass));
        const double phase_space = (1 - point.y) * std::sqrt(std::max(0.0, 1 - 4 * square(electron_mass) / point.y));
        // |M|^2 = 8 g_D^2 |V_N|^2 (e epsilon)^2 / (q^2 - mZ^2)^2 x the bracket, of which the shape is 12 times.
        const double expected = traced / 8 * 12 * phase_space;
        const double found = three_body_shape(point, pair, helicity, electron_mass);
        CHECK(std::abs(found - expected) < 1e-12);
        CHECK(found > -1e-15);
      }
    }
  }
}

TEST_CASE("the width off shell is the integral of the traced amplitude over phase space") {
  const double mN = 0.1, alphaD = 0.4, epsilon = 0.02, VN2 = 0.5;
  for (const double electron_mass : {kElectronMassGeV / mN, 0.1}) {
    for (const double mZ : {0.12, 1.25}) {
      const double low = 4 * square(electron_mass);
      // dPhi3 = mN^2 / (128 pi^3) (1 - y) sqrt(1 - 4r/y) dy, angles averaged.
      const auto integrand = [&](double v) {
        const double y = low + (1 - low) * v * v;
        const auto traced = [&](const ThreeBodyPoint& point) {
          const auto pair = three_body_momenta(point, electron_mass);
          return contract(decay_current(neutrino_of(pair), -1), pair_current(pair, electron_mass));
        };
        // The mean over the neutrino's direction at two points of Gauss.
        double mean = 0;
        for (const double cosine : {-1 / std::sqrt(3.0), 1 / std::sqrt(3.0)}) {
          for (const double cos_electron : {-1 / std::sqrt(3.0), 1 / std::sqrt(3.0)})
            for (int i = 0; i < 4; ++i) mean += traced({y, cosine, cos_electron, kPi * (i + 0.3) / 2}) / 16;
        }
        const double propagator = square(mN) / (square(mN) * y - square(mZ));
        return mean * square(propagator) * (1 - y) * std::sqrt(1 - low / y) * 2 * v * (1 - low);
      };
      const double couplings = 4 * kPi * alphaD * VN2 * 4 * kPi * kFineStructure * square(epsilon);
      const double traced = couplings * mN / (256 * std::pow(kPi, 3)) * integral(integrand, 0, 1, 20);
      CHECK(off_shell_width_massive(mN, mZ, alphaD, epsilon, VN2, electron_mass * mN) == near(traced, 1e-9));
    }
  }
}

TEST_CASE("the decay density averages to the spectrum of the pair mass, and its polarised part to a two-body decay") {
  for (const double electron_mass : {0.0, 0.00511, 0.1, 0.3}) {
    for (const double place : {1e-4, 0.1, 0.6, 0.95}) {
      const double y = 4 * square(electron_mass) + place * (1 - 4 * square(electron_mass));
      CAPTURE(electron_mass);
      CAPTURE(y);
      const double expected = pair_mass_shape(y, electron_mass);
      for (const int helicity : {-1, 1}) {
        const auto mean = [&](double cos_neutrino) {
          return mean_over_electron(
              y, cos_neutrino, [&](const ThreeBodyPoint& point) { return shape_at(point, helicity, electron_mass); });
        };
        CHECK(integral([&](double cos_neutrino) { return mean(cos_neutrino) / 2; }, -1, 1) == near(expected, 1e-12));
        // The pair of mass sqrt(y) mN is a vector boson of that mass.
        for (const double cos_neutrino : {-1.0, -0.3, 0.8})
          CHECK(mean(cos_neutrino) ==
                near(expected * two_body_density(cos_neutrino, 1, std::sqrt(y), helicity), 1e-12));
      }
      // Without polarisation nothing knows the direction of flight.
      const auto unpolarised = [&](double cos_neutrino, double phi) {
        const ThreeBodyPoint point{y, cos_neutrino, 0.37, phi};
        return shape_at(point, 1, electron_mass) + shape_at(point, -1, electron_mass);
      };
      for (const double cos_neutrino : {-1.0, 0.2, 1.0})
        CHECK(unpolarised(cos_neutrino, 2) == near(unpolarised(-0.6, 0.5), 1e-12));
    }
  }
}

TEST_CASE("the neutrino of benchmark B goes forward for helicity -1 and backward for +1") {
  const Benchmark B("B");
  const double electron_mass = kElectronMassGeV / B.mN, x = square(B.mN / B.mZ);
  const auto mean_cosine = [&](int helicity, double mass, double ratio) {
    const auto moment = [&](int power) {
      return integral(
          [&](double v) {
            const double least = 4 * square(mass), y = least + (1 - least) * v * v;
            // Linear in cos: two points of Gauss.
            double result = 0;
            for (const double cosine : {-1 / std::sqrt(3.0), 1 / std::sqrt(3.0)}) {
              const double density = mean_over_electron(
                  y, cosine, [&](const ThreeBodyPoint& point) { return shape_at(point, helicity, mass); });
              result += std::pow(cosine, power) * density / 2;
            }
            return result / square(1 - ratio * y) * 2 * v * (1 - least);
          },
          0, 1);
    };
    return moment(1) / moment(0);
  };
  const double forward = mean_cosine(-1, electron_mass, x);
  const Json& expected = nd280_reference()["mean_cos_neutrino"]["B"];
  CHECK(std::abs(forward - expected["independent"].get<double>()) < 0.003);
  CHECK(std::abs(forward - expected["authors"].get<double>()) < 0.0005);
  CHECK(std::abs(forward - expected["darknews"].get<double>()) < 0.003);
  CHECK(mean_cosine(1, electron_mass, x) == near(-forward, 1e-12));
  // Massless electrons and a contact interaction: int (1-y)^2 (1-2y) / 3 int (1-y)^2 (1+2y) = 1/9.
  CHECK(mean_cosine(-1, 1e-9, 0) == near(1.0 / 9, 1e-9));
}

TEST_CASE("the two-body decay is the trace over the polarisations of the mediator") {
  const double alphaD = 0.25, VN2 = 8e-9;
  for (const double mN : {0.05, 0.1, 0.9}) {
    for (const double ratio : {0.1, 0.3, 1 / std::sqrt(2.0), 0.95}) {
      const double mZ = ratio * mN;
      CAPTURE(mN);
      CAPTURE(mZ);
      const double y = square(ratio), width = on_shell_width(mN, mZ, alphaD, VN2);
      for (const double cosine : {-1.0, -0.2, 0.5, 1.0}) {
        const double energy = (1 - y) / 2, sine = std::sqrt(1 - cosine * cosine);
        const FourMomentum neutrino{energy, energy * sine, 0, energy * cosine};
        const FourMomentum mediator{1 - energy, -energy * sine, 0, -energy * cosine};
        for (const int helicity : {-1, 1}) {
          const double traced = contract(decay_current(neutrino, helicity), polarisations(mediator, ratio));
          CHECK(width * two_body_density(cosine, mN, mZ, helicity) ==
                near(4 * kPi * alphaD * VN2 * traced * mN * (1 - y) / (16 * kPi), 1e-10));
        }
      }
    }
    CHECK(on_shell_width(mN, mN, alphaD, VN2) == 0);
    CHECK(on_shell_width(mN, 2 * mN, alphaD, VN2) == 0);
    CHECK(on_shell_width(mN, mN * (1 - 1e-6), alphaD, VN2) < 1e-10 * on_shell_width(mN, 0.5 * mN, alphaD, VN2));
  }
  const Benchmark A("A");
  const auto moment = [&](int power, int helicity) {
    return integral([&](double c) { return std::pow(c, power) * two_body_density(c, A.mN, A.mZ, helicity) / 2; }, -1,
                    1);
  };
  CHECK(moment(0, -1) == near(1, 1e-13));
  CHECK(moment(1, 1) == near(-moment(1, -1), 1e-13));
  const Json& expected = nd280_reference()["mean_cos_neutrino"]["A"];
  CHECK(std::abs(moment(1, -1) - expected["independent"].get<double>()) < 0.0005);
  CHECK(std::abs(moment(1, -1) - expected["darknews"].get<double>()) < 0.001);
}

TEST_CASE("the mediator decays to electrons as a vector boson does") {
  for (const double mZ : {0.00103, 0.0015, 0.03, 1.0}) {
    const double electron_mass = kElectronMassGeV / mZ, momentum = std::sqrt(0.25 - square(electron_mass));
    const ThreeBodyMomenta pair{{0.5, 0, 0, momentum}, {0.5, 0, 0, -momentum}};
    const double traced = contract(pair_current(pair, electron_mass), polarisations({1, 0, 0, 0}, 1)) / 3;
    const double width = 4 * kPi * kFineStructure * 1e-8 * traced * mZ * 2 * momentum / (16 * kPi);
    CHECK(mediator_width(mZ, 1e-4) == near(width, 1e-12));
  }
  CHECK(mediator_width(2 * kElectronMassGeV, 1e-4) == 0);
  CHECK(mediator_width(0.0005, 1e-4) == 0);
}
