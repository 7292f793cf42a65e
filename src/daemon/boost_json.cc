// Boost.JSON is compiled once, here, and only declared everywhere else.
#include <boost/json/src.hpp>
