<?php
// AWS Signature Version 4 by hand, sent with the daemon as its proxy:  php sign.php WAY PROXY-PORT HOST [guzzle]
// By ext-curl, or by Guzzle with the options that the AWS SDK for PHP hands to it. WAY as in client.mjs. Prints the status, and
// the answer where it is an error.
[, $way, $port, $host] = $argv;
$labelled = "$host.ccnproxy-https";
$signedFor = $way === 'label' ? $labelled : $host;
$keyId = 'TESTKEYOFNOACCOUNT00';
$secret = 'a secret of this test alone';
$path = '/bucket/from%20php/%C3%A4%2B.txt';
$body = str_repeat("signed by hand\n", 1000);

$now = gmdate('Ymd\THis\Z');
$day = substr($now, 0, 8);
$hash = hash('sha256', $body);
$signedHeaders = 'host;x-amz-content-sha256;x-amz-date';
$canonical = "PUT\n$path\n\nhost:$signedFor\nx-amz-content-sha256:$hash\nx-amz-date:$now\n\n$signedHeaders\n$hash";
$scope = "$day/eu-central-1/s3/aws4_request";
$toSign = "AWS4-HMAC-SHA256\n$now\n$scope\n" . hash('sha256', $canonical);
$key = "AWS4$secret";
foreach (explode('/', $scope) as $part) {
    $key = hash_hmac('sha256', $part, $key, true);
}
$signature = hash_hmac('sha256', $toSign, $key);

$url = $way === 'absolute' ? "http://$host$path" : "http://127.0.0.1:$port$path";
$proxy = $way === 'absolute' ? "http://127.0.0.1:$port" : null;
$fields = [
    'Content-Type' => 'application/octet-stream',
    'X-Amz-Date' => $now,
    'X-Amz-Content-Sha256' => $hash,
    'Authorization' => "AWS4-HMAC-SHA256 Credential=$keyId/$scope, SignedHeaders=$signedHeaders, Signature=$signature",
] + ($proxy === null ? ['Host' => $labelled] : []);

/** The status and the answer. */
function by_curl(string $url, ?string $proxy, array $fields, string $body): array
{
    $curl = curl_init($url);
    curl_setopt_array($curl, [
        CURLOPT_CUSTOMREQUEST => 'PUT',
        CURLOPT_POSTFIELDS => $body,
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_TIMEOUT => 30,
        CURLOPT_HTTPHEADER => array_map(fn ($name) => "$name: $fields[$name]", array_keys($fields)),
        CURLOPT_PROXY => (string) $proxy,
    ]);
    $answer = curl_exec($curl);
    if ($answer === false) {
        throw new RuntimeException(curl_error($curl));
    }
    return [curl_getinfo($curl, CURLINFO_RESPONSE_CODE), $answer];
}

function by_guzzle(string $url, ?string $proxy, array $fields, string $body): array
{
    require 'GuzzleHttp/autoload.php';
    $options = ['connect_timeout' => 5, 'timeout' => 30] + ($proxy === null ? [] : ['proxy' => ['http' => $proxy]]);
    $response = (new GuzzleHttp\Client())->put($url, $options + ['headers' => $fields, 'body' => $body, 'http_errors' => false]);
    return [$response->getStatusCode(), (string) $response->getBody()];
}

[$status, $answer] = ($argv[4] ?? 'curl') === 'guzzle' ? by_guzzle($url, $proxy, $fields, $body) : by_curl($url, $proxy, $fields, $body);
echo $status, $answer === '' ? '' : " $answer", "\n";
