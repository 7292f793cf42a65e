<?php
require __DIR__ . '/lib.php';
require 'GuzzleHttp/autoload.php';
require '/run/php/guzzle.php';
expect('way', 'by ccnproxy', way(json_encode($items)));
$without_dns = new GuzzleHttp\Client(['curl' => [CURLOPT_UNIX_SOCKET_PATH => '/run/ccnproxy/ccnproxy.sock']]);
$answer = $without_dns->get('http://api.example.com.ccnproxy-https/v1/items');
expect('by the socket', 'by ccnproxy', way((string) $answer->getBody()));
