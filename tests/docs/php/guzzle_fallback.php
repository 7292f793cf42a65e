<?php
require __DIR__ . '/lib.php';
require 'GuzzleHttp/autoload.php';
require '/run/php/guzzle_fallback.php';

function outcome(GuzzleHttp\Client $client, string $target, string $where, array $options = []): array
{
    try {
        $curl = $where === '' ? [] : ['curl' => lead_to($where)];
        $way = way((string) $client->post($target, $options + ['body' => '{}'] + $curl)->getBody());
    } catch (GuzzleHttp\Exception\TransferException $exception) {
        $way = get_class($exception);
    }
    return [$way, at_origin($target)];
}

expect('POST', ['by ccnproxy', 1], outcome($client, '/v1/payments?g-usual', ''));
foreach (['nobody', 'silence', 'no name'] as $where) {
    expect("POST, $where", ['directly', 1], outcome($client, '/v1/payments?g-' . strtr($where, ' ', '-'), $where));
}
// As the page says: an exception of that name, though the request was sent.
foreach (['hang', 'close'] as $trouble) {
    $before = at_faulty("/v1/payments?$trouble");
    expect("POST, $trouble", [GuzzleHttp\Exception\ConnectException::class, 0],
        outcome($client, "/v1/payments?$trouble", 'trouble', ['timeout' => 0.5]));
    expect("POSTs there, $trouble", $before + 1, at_faulty("/v1/payments?$trouble"));
}
