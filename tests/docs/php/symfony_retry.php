<?php
require 'Symfony/Component/HttpClient/autoload.php';
use Symfony\Component\HttpClient\HttpClient;
use Symfony\Component\HttpClient\Retry\GenericRetryStrategy;
use Symfony\Component\HttpClient\RetryableHttpClient;
require '/run/php/symfony_retry.php';
require_once __DIR__ . '/lib.php';
$trouble = 'http://127.0.0.1:' . getenv('FAULTY_PORT');

foreach (['POST' => 1, 'GET' => 2] as $method => $times) {
    $client->request($method, "$trouble/v1/$method?perhaps")->getStatusCode();
    expect("requests with $method", $times, at_faulty("/v1/$method?perhaps"));
}

// What the page warns of.
$as_it_comes = new RetryableHttpClient(HttpClient::create(),
    new GenericRetryStrategy(GenericRetryStrategy::DEFAULT_RETRY_STATUS_CODES, 0), 1);
$as_it_comes->request('POST', "$trouble/v1/twice?perhaps")->getStatusCode();
expect('POSTs as it comes', 2, at_faulty('/v1/twice?perhaps'));
