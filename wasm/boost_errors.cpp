// What Boost.Math does about errors in WebAssembly: it throws exceptions of the same kinds as natively, without
// printing the value into the message. That is done with streams, which would bring all of the standard library's
// locales into the module.
// https://www.boost.org/doc/libs/1_74_0/libs/math/doc/html/math_toolkit/user_def_err_pol.html
#include <boost/math/policies/error_handling.hpp>
#include <stdexcept>
#include <string>

namespace boost::math::policies {
namespace {

template <typename Exception>
[[noreturn]] void fail(const char* function, const char* message) {
  throw Exception(std::string("Error in function ") + (function ? function : "of Boost") + ": " +
                  (message ? message : "cause unknown"));
}

}  // namespace

template <class T>
T user_domain_error(const char* function, const char* message, const T&) {
  fail<std::domain_error>(function, message);
}
template <class T>
T user_pole_error(const char* function, const char* message, const T&) {
  fail<std::domain_error>(function, message);
}
template <class T>
T user_overflow_error(const char* function, const char* message, const T&) {
  fail<std::overflow_error>(function, message ? message : "numeric overflow");
}
template <class T>
T user_evaluation_error(const char* function, const char* message, const T&) {
  fail<math::evaluation_error>(function, message);
}
template <class T, class Target>
T user_rounding_error(const char* function, const char* message, const T&, const Target&) {
  fail<math::rounding_error>(function, message);
}

template double user_domain_error(const char*, const char*, const double&);
template double user_pole_error(const char*, const char*, const double&);
template double user_overflow_error(const char*, const char*, const double&);
template double user_evaluation_error(const char*, const char*, const double&);
template double user_rounding_error(const char*, const char*, const double&, const double&);
template double user_rounding_error(const char*, const char*, const double&, const int&);
// Numbers of more digits, with which tests compare, round single ones.
template float user_rounding_error(const char*, const char*, const float&, const float&);
template float user_rounding_error(const char*, const char*, const float&, const int&);
// Nodes of Gauss and Kronrod are computed with more digits than they are kept with.
template long double user_domain_error(const char*, const char*, const long double&);

}  // namespace boost::math::policies
