<?php
require __DIR__ . '/lib.php';
require 'GuzzleHttp/autoload.php';
require '/run/php/guzzle_gzip.php';
expect('way', 'by ccnproxy', way(json_encode($items)));

/** The field that the client sends with these options. */
function accepted(GuzzleHttp\Client $client, array $options): string
{
    $options['debug'] = fopen('php://memory', 'w+');
    $client->get('http://api.example.com.ccnproxy-https/v1/items', $options);
    rewind($options['debug']);
    preg_match('~^Accept-Encoding: (.*?)\r?$~mi', stream_get_contents($options['debug']), $found);
    return $found[1] ?? '';
}

expect('with decode_content', 'gzip', accepted($client, []));
expect('by default', '', accepted(new GuzzleHttp\Client(), []));
