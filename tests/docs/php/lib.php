<?php
// What the checks of docs/php.md's snippets have in common. A check is run as: php CHECK.php, with the port of faulty.py, its
// log and the origin's access log in the environment. It ends with 0 or says what is not as the page has it.
declare(strict_types=1);

function expect(string $what, mixed $wanted, mixed $got): void
{
    if ($wanted !== $got) {
        fwrite(STDERR, "$what: wanted " . json_encode($wanted) . ', got ' . json_encode($got) . "\n");
        exit(1);
    }
}

/** Body of the origin's answer: which way did the request come? */
function way(string|bool $body): string
{
    $via = json_decode((string) $body, true)['via'] ?? null;
    return match (true) {
        $via === null => 'no answer of the origin: ' . json_encode($body),
        str_contains($via, 'ccnproxy') => 'by ccnproxy',
        $via === '' => 'directly',
        default => "by $via",
    };
}

/**
 * How many requests for the target the origin has had. nginx writes of a request when it was answered, perhaps after its client has
 * the answer; one worker writes one after the other, so that a mark in the log says that all before it is there.
 */
function at_origin(string $target): int
{
    static $marks = 0;
    $mark = '/mark?' . getmypid() . '-' . ++$marks;
    file_get_contents("https://api.example.com$mark", false, stream_context_create(['http' => ['ignore_errors' => true]]));
    for ($deadline = microtime(true) + 10; times(getenv('ORIGIN_LOG'), $mark) === 0; usleep(1000)) {
        expect('a mark in the log of the origin', true, microtime(true) < $deadline);
    }
    return times(getenv('ORIGIN_LOG'), $target);
}

function times(string $log, string $target): int
{
    return count(preg_grep('~"[A-Z]+ ' . preg_quote($target, '~') . ' HTTP~', file($log)));
}

/** How many of them what stands in the daemon's place has had. */
function at_faulty(string $target): int
{
    return count(preg_grep('~^[A-Z]+ ' . preg_quote($target, '~') . '$~', file(getenv('FAULTY_LOG'))));
}

/** The daemon's name leads to: one in trouble; a port where nobody is; nowhere; no address. The origin's is not touched. */
function lead_to(string $where): array
{
    $to = ['trouble' => '127.0.0.1:' . getenv('FAULTY_PORT'), 'nobody' => '127.0.0.1:1', 'silence' => '192.0.2.1:80',
        'no name' => 'x.invalid:80'][$where];
    return [CURLOPT_CONNECT_TO => ["api.example.com.ccnproxy-https:80:$to"]];
}
