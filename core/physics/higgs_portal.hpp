// The Higgs-portal scalar S: a real singlet that mixes with the Higgs boson by an angle theta.
//
// Source: B. Batell, J. Berger, A. Ismail, "Probing the Higgs Portal at the Fermilab Short-Baseline Neutrino
// Experiments", arXiv:1909.11670, Eqs. 3 and 5; as implemented in MicroBooNE's own generator. `theta` stands for
// sin(theta). Masses and widths in GeV, lengths in metres.
#pragma once

namespace anyslice::physics {

/// Inputs of the formulas; the defaults are those of the MicroBooNE search, arXiv:2106.00568 (PDG 2019).
struct HiggsPortalConstants {
  double top_mass = 172.9;                 ///< GeV
  double higgs_vacuum_value = 246.22;      ///< GeV
  double ckm_td = 8.1e-3;                  ///< |V_td|
  double ckm_ts = 39.4e-3;                 ///< |V_ts|
  double kaon_mass = 0.493677;             ///< GeV, charged
  double pion_mass = 0.13957061;           ///< GeV, charged
  double kaon_lifetime = 1.238e-8;         ///< s
  double electron_mass = 0.0005109989461;  ///< GeV
};

/// Gamma(S -> l+ l-) in GeV; zero below threshold.
double scalar_to_leptons_width(double scalar_mass, double lepton_mass, double theta,
                               const HiggsPortalConstants& constants = {});

/// Gamma(K+ -> pi+ S) in GeV, the top-quark penguin; zero above threshold.
double kaon_to_pion_scalar_width(double scalar_mass, double theta, const HiggsPortalConstants& constants = {});

/// BR(K+ -> pi+ S) = Gamma tau_K / hbar.
double kaon_to_pion_scalar_branching(double scalar_mass, double theta, const HiggsPortalConstants& constants = {});

/// Proper decay length c tau of S in metres where S -> e+ e- is the only open channel (2 m_e < m_S < 2 m_mu).
double scalar_ctau0(double scalar_mass, double theta, const HiggsPortalConstants& constants = {});

}  // namespace anyslice::physics
