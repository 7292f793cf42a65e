<?php
require __DIR__ . '/lib.php';
require 'Symfony/Component/HttpClient/autoload.php';
require '/run/php/symfony.php';
expect('way', 'by ccnproxy', way(json_encode($items)));

// "No time limit for connecting alone": the option of curl is refused.
try {
    $client->request('GET', '/v1/items', ['extra' => ['curl' => [CURLOPT_CONNECTTIMEOUT_MS => 300]]])->getStatusCode();
    expect('CURLOPT_CONNECTTIMEOUT_MS', 'refused', 'taken');
} catch (Symfony\Component\HttpClient\Exception\InvalidArgumentException) {
}
