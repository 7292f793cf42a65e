<?php
require __DIR__ . '/lib.php';
require '/run/php/curl.php';
expect('way', 'by ccnproxy', way($body));
expect('status', 200, $status);
