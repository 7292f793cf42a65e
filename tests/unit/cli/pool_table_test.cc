// The table of `ccnproxy status`.

#include "cli/pool_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ccnproxy::cli {
namespace {

using testing::HasSubstr;

std::string table(const std::string& json) {
  const auto made = pool_table(json);
  return made ? *made : "error: " + made.error().detail;
}

std::string connection(const std::string& state) {
  return R"({"serial":1,"state":")" + state + R"(","protocol":"h2","streams":0})";
}

TEST(PoolTable, nothing_in_use) {
  EXPECT_EQ(table(R"({"origins":[]})"), "0 origins, 0 open connections\n");
}

TEST(PoolTable, one_origin) {
  EXPECT_EQ(
      table(R"({"origins":[{"origin":"https://api.test","protocol":"h2","worker":0,"wanted":2,
              "waiting":1,"path":{"rtt_ms":102.4,"loss":0.0123},"learned":{"idle_s":48,"age_s":3600,"requests":1000},"connections":[)" +
            connection("ready") + "," + connection("busy") + "," + connection("connecting") +
            R"(],"decisions":[{"ago_s":9,"text":"old"},{"ago_s":2.5,"text":"dialed one ahead"}],
              "waits":{"ready":999,"waited":1,"dialed":0},"requests":1000}]})"),
      "1 origin, 2 open connections; 99.9% of 1000 requests found one ready\n"
      "\n"
      "ORIGIN            HEALTH  FAILED  PROTOCOL  PATH              READY/WANTED  OPEN  WAITING  "
      "REQUESTS  FOUND "
      "READY  "
      "LEARNED LIMITS                   LAST DECISION\n"
      "https://api.test  -            -  h2        102ms, 1.2% lost           1/2     2        1   "
      "   1000        "
      "99.9%  "
      "idle 48s, age 1h, 1000 requests  2.5s ago: dialed one ahead\n");
}

TEST(PoolTable, the_workers_of_an_origin_are_one_line) {
  const auto pool = [](const std::string& worker, const std::string& rest) {
    return R"({"origin":"https://api.test","worker":)" + worker + "," + rest + "}";
  };
  const auto text = table(
      R"({"origins":[)" +
      pool("0", R"("protocol":"","wanted":0,"waiting":2,"requests":1,"waits":{"dialed":1},
                  "learned":{"idle_s":null,"age_s":null,"requests":null},
                  "decisions":[{"ago_s":1,"text":"latest"}])") +
      "," +
      pool("1", R"("protocol":"http/1.1","wanted":3,"waiting":1,"requests":2,"waits":{"ready":2},
                  "learned":{"idle_s":4.8},"connections":[)" +
                    connection("ready") + R"(],"decisions":[{"ago_s":60,"text":"older"}])") +
      R"(,{"origin":"http://b.test"}]})");
  EXPECT_THAT(text, HasSubstr("2 origins, 1 open connection; 66.6% of 3 requests"));
  EXPECT_THAT(text, HasSubstr("https://api.test  -            -  http/1.1  -              1/3     "
                              "1        3         3  "
                              "      66.6%  idle 4.8s       1s ago: latest\n"));
  EXPECT_THAT(text, HasSubstr("http://b.test     -            -  -         -              0/0     "
                              "0        0         0  "
                              "          -  -               -\n"));
}

TEST(PoolTable, the_path_is_shown_where_it_was_measured) {
  const auto path = [](const std::string& of) {
    return table(R"({"origins":[{"origin":"x","path":)" + of + "}]}");
  };
  EXPECT_THAT(path(R"({"rtt_ms":0.42,"loss":null})"), HasSubstr(" 0.4ms "));
  EXPECT_THAT(path(R"({"rtt_ms":99.6,"loss":0})"), HasSubstr(" 100ms "));
  EXPECT_THAT(path(R"({"rtt_ms":250,"loss":0.00051})"), HasSubstr(" 250ms, 0.051% lost "));
  EXPECT_THAT(path(R"({"rtt_ms":null,"loss":0.01})"),
              HasSubstr("x       -            -  -         -     "));
}

TEST(PoolTable, an_origin_that_is_held_back_says_why) {
  EXPECT_THAT(table(R"({"origins":[{"origin":"https://a.test","next_dial_s":90,
                      "last_failure":"refused","decisions":[{"ago_s":1,"text":"x"}]}]})"),
              HasSubstr("next dial in 90s: refused\n"));
}

TEST(PoolTable, F148_an_origin_that_is_not_kept_ready_says_why) {
  EXPECT_THAT(table(R"({"origins":[{"origin":"https://a.test","not_kept_ready":"too brief",
                      "decisions":[{"ago_s":1,"text":"x"}]}]})"),
              HasSubstr("not kept ready: too brief\n"));
}

TEST(PoolTable, all_found_ready_is_said_only_if_it_is_true) {
  const auto share = [](const std::string& ready, const std::string& waited) {
    return table(R"({"origins":[{"origin":"x","waits":{"ready":)" + ready + R"(,"waited":)" +
                 waited + "}}]}");
  };
  EXPECT_THAT(share("5", "0"), HasSubstr("; 100% of 5"));
  EXPECT_THAT(share("99999", "1"), HasSubstr("; 99.9% of 100000"));
  EXPECT_THAT(share("0", "5"), HasSubstr("; 0.0% of 5"));
}

TEST(PoolTable, colours_say_what_is_wrong) {
  const auto coloured = [](const std::string& rest) {
    return *pool_table(R"({"origins":[{"origin":"x",)" + rest + "}]}", true);
  };
  EXPECT_THAT(coloured(R"("wanted":1)"), HasSubstr("\033[31m0/1\033[0m"));
  EXPECT_THAT(coloured(R"("wanted":1,"connections":[)" + connection("busy") + "]"),
              HasSubstr("\033[33m0/1\033[0m"));
  EXPECT_THAT(coloured(R"("wanted":1,"connections":[)" + connection("ready") + "]"),
              HasSubstr("\033[32m1/1\033[0m"));
  EXPECT_THAT(coloured(R"("waiting":3)"), HasSubstr("\033[33m3\033[0m"));
  EXPECT_THAT(coloured(R"("waits":{"ready":5})"), HasSubstr("\033[32m100%\033[0m"));
  EXPECT_THAT(coloured(R"("waits":{"ready":5,"dialed":5})"), HasSubstr("\033[33m50.0%\033[0m"));
  EXPECT_THAT(coloured(R"("next_dial_s":1,"last_failure":"no")"),
              HasSubstr("\033[31mnext dial in 1s: no\033[0m"));
}

TEST(PoolTable, the_verdict_comes_first_and_the_worst_origin) {
  const auto text = table(
      R"({"origins":[{"origin":"https://a","health":"healthy",
                      "recent":{"requests":200,"failed":1}},
                     {"origin":"https://b","health":"failing"}],
          "host":"node1","verdict":"2 of 3 origins unreachable, 1 failing: ...",
          "problems":[{"origin":"https://c","health":"unreachable","reason":"refused","since_s":90},
                      {"origin":"https://b","health":"failing","reason":"the origin answered 503",
                       "since_s":null,"recent":{"requests":40,"failed":40}}]})");
  EXPECT_THAT(text, testing::StartsWith("node1: 2 of 3 origins unreachable, 1 failing: ...\n"
                                        "2 origins, 0 open connections\n"));
  EXPECT_THAT(text, HasSubstr("https://c  unreachable       -  "));
  EXPECT_THAT(text, HasSubstr("  refused, for 90s\n"));
  EXPECT_THAT(text, HasSubstr("https://b  failing        100%  "));
  EXPECT_THAT(text, HasSubstr("https://a  healthy         <1%  "));
  EXPECT_LT(text.find("https://c  "), text.find("https://b  "));
  EXPECT_LT(text.find("https://b  "), text.find("https://a  "));
}

TEST(PoolTable, a_problem_is_one_from_the_state_on_that_is_asked_for) {
  const auto answer = [](const std::string& health) {
    return R"({"origins":[],"problems":[{"origin":"x","health":")" + health + R"("}]})";
  };
  EXPECT_TRUE(has_problem(answer("unreachable"), "failing"));
  EXPECT_TRUE(has_problem(answer("failing"), "failing"));
  EXPECT_FALSE(has_problem(answer("degraded"), "failing"));
  EXPECT_TRUE(has_problem(answer("degraded"), "degraded"));
  EXPECT_FALSE(has_problem(R"({"origins":[]})", "degraded"));
  EXPECT_TRUE(has_problem("no JSON", "unreachable")) << "nothing is known";
}

TEST(PoolTable, times_are_short) {
  const auto ago = [](const std::string& seconds) {
    const auto text = table(R"({"origins":[{"origin":"x","decisions":[{"ago_s":)" + seconds +
                            R"(,"text":"."}]}]})");
    const auto end = text.find(" ago");
    const auto begin = text.rfind(' ', end - 1) + 1;
    return text.substr(begin, end - begin);
  };
  EXPECT_EQ(ago("0"), "0s");
  EXPECT_EQ(ago("0.04"), "0s");
  EXPECT_EQ(ago("0.52"), "0.5s");
  EXPECT_EQ(ago("59.9"), "60s");
  EXPECT_EQ(ago("99.6"), "1.7m");
  EXPECT_EQ(ago("600"), "10m");
  EXPECT_EQ(ago("3599"), "60m");
  EXPECT_EQ(ago("5400"), "1.5h");
  EXPECT_EQ(ago("9000"), "2.5h");
  EXPECT_EQ(ago("864000"), "240h");
}

TEST(PoolTable, workers_that_did_not_answer_are_named) {
  EXPECT_EQ(table(R"({"origins":[],"silent_workers":[1,3]})"),
            "0 origins, 0 open connections\nnot answering, and left out: worker 1, 3\n");
}

TEST(PoolTable, what_is_of_another_kind_is_passed_over) {
  EXPECT_THAT(table(R"({"origins":[7,null,{"origin":3,"wanted":"x","connections":[1],
                      "decisions":[null],"waits":[],"learned":"?","protocol":{}}]})"),
              HasSubstr("1 origin, 0 open connections\n"));
  EXPECT_THAT(table(R"({"origins":[{"origin":"x","wanted":-5}]})"), HasSubstr(" 0/0 "));
}

TEST(PoolTable, what_is_not_the_answer_of_pools_is_an_error) {
  for (const std::string text : {"", "OK", "[]", "{}", "{\"origins\":[", "7"})
    EXPECT_THAT(table(text), HasSubstr("error: the answer is not that of /pools: ")) << text;
}

}  // namespace
}  // namespace ccnproxy::cli
