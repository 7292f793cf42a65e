<?php
require __DIR__ . '/lib.php';
require '/run/php/fallback.php';

/** One payment in a process of its own, since a process remembers that the daemon was away; its body, requests there, at the origin. */
function outcome(string $method, string $target, string $where, array $options = []): array
{
    $pid = pcntl_fork();
    if ($pid === 0) {
        $given = $options + ($where === '' ? [] : lead_to($where)) + ($method === 'POST' ? [CURLOPT_POSTFIELDS => '{}'] : []);
        file_put_contents('answer', json_encode(ask($method, 'api.example.com', $target, $given)));
        exit(0);
    }
    pcntl_waitpid($pid, $status);
    $answer = json_decode(file_get_contents('answer'), true);
    $way = $answer['error'] !== '' ? 'error' : ($answer['status'] === 200 ? way($answer['body']) : $answer['status']);
    return [$way, at_origin($target)];
}

// As it should be.
expect('POST', ['by ccnproxy', 1], outcome('POST', '/v1/payments?usual', ''));

// Nothing was sent: directly, and once.
foreach (['nobody', 'silence', 'no name'] as $where) {
    $target = '/v1/payments?' . strtr($where, ' ', '-');
    expect("POST, $where", ['directly', 1], outcome('POST', $target, $where));
}
expect('POST to a full daemon', ['directly', 1], outcome('POST', '/v1/payments?full', 'trouble'));

// Two addresses, of which the first says nothing: whether curl gets to the second is a matter of its version.
$two = [CURLOPT_RESOLVE => ['api.example.com.ccnproxy-https:80:192.0.2.1,127.0.0.1']];
[$way, $times] = outcome('POST', '/v1/payments?two', '', $two);
expect('POST, two addresses', true, in_array($way, ['by ccnproxy', 'directly'], true));
expect('POSTs, two addresses', 1, $times);

// Perhaps it was: a POST ends there, a GET goes on.
$short = [CURLOPT_TIMEOUT => 1];
foreach (['close', 'hang', 'cut'] as $trouble) {
    expect("POST, $trouble", ['error', 0], outcome('POST', "/v1/payments?$trouble", 'trouble', $short));
    expect("GET, $trouble", ['directly', 1], outcome('GET', "/v1/items?$trouble", 'trouble', $short));
    expect("POSTs there, $trouble", 1, at_faulty("/v1/payments?$trouble"));
}
expect('POST, 502', [502, 0], outcome('POST', '/v1/payments?perhaps', 'trouble'));

// The origin's own 503 is an answer like others.
expect('POST, 503 of the origin', [503, 1], outcome('POST', '/v1/down', ''));

// Five seconds without a try.
$first = ask('GET', 'api.example.com', '/v1/items', lead_to('nobody'));
expect('away', 'directly', way($first['body']));
expect('and still so', 'directly', way(ask('GET', 'api.example.com', '/v1/items')['body']));
