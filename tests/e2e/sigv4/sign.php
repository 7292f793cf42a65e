<?php
// AWS Signature Version 4 by hand, sent by ext-curl with the daemon as its proxy:  php sign.php WAY PROXY-PORT HOST
// WAY as in client.mjs. Prints the status, and the answer where it is an error.
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

$curl = curl_init($way === 'absolute' ? "http://$host$path" : "http://127.0.0.1:$port$path");
$options = [
    CURLOPT_CUSTOMREQUEST => 'PUT',
    CURLOPT_POSTFIELDS => $body,
    CURLOPT_RETURNTRANSFER => true,
    CURLOPT_TIMEOUT => 30,
    CURLOPT_HTTPHEADER => [
        'Content-Type: application/octet-stream',
        "X-Amz-Date: $now",
        "X-Amz-Content-Sha256: $hash",
        "Authorization: AWS4-HMAC-SHA256 Credential=$keyId/$scope, SignedHeaders=$signedHeaders, Signature=$signature",
    ],
];
if ($way === 'absolute') {
    $options[CURLOPT_PROXY] = "http://127.0.0.1:$port";
} else {
    $options[CURLOPT_HTTPHEADER][] = "Host: $labelled";
}
curl_setopt_array($curl, $options);
$answer = curl_exec($curl);
if ($answer === false) {
    fwrite(STDERR, curl_error($curl) . "\n");
    exit(1);
}
echo curl_getinfo($curl, CURLINFO_RESPONSE_CODE), $answer === '' ? '' : " $answer", "\n";
