<?php
require __DIR__ . '/lib.php';
require '/run/php/streams.php';
expect('way', 'by ccnproxy', way($body));
expect('status', 200, $status);

// What the page says of responses that break off.
$url = 'http://127.0.0.1:' . getenv('FAULTY_PORT') . '/v1/report?cut';
expect('a stream', 'the beginning', @file_get_contents($url));
$curl = curl_init($url);
curl_setopt($curl, CURLOPT_RETURNTRANSFER, true);
expect('curl', false, curl_exec($curl));
expect("curl's error", CURLE_PARTIAL_FILE, curl_errno($curl));
