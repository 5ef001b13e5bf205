// Tells Milepost one problem as it stands. Every parameter but url and secret is sent as it is;
// only the times become epoch seconds, which Zabbix before 7.0 has no macro for.
var told = JSON.parse(value);

function known(text) {
    return typeof text === 'string' && text !== '' && !/^\{[$A-Z0-9._]+\}$/.test(text);
}

// Zabbix writes dates in the time zone of the user whom it tells: that user's zone is UTC.
function epoch(stamp, date, time) {
    if (known(stamp)) {
        return stamp;
    }
    if (!known(date) || !known(time)) {
        return null;
    }
    var d = date.split('.'), t = time.split(':');
    return String(Date.UTC(d[0], d[1] - 1, d[2], t[0], t[1], t[2]) / 1000);
}

told.event_clock = epoch(told.event_timestamp, told.event_date, told.event_time);
told.recovery_clock = epoch(told.recovery_timestamp, told.recovery_date, told.recovery_time);

var url = told.url, request = new HttpRequest();
request.addHeader('Content-Type: application/json');
request.addHeader('Authorization: Bearer ' + told.secret);
delete told.url;
delete told.secret;

var answer = request.post(url, JSON.stringify(told)), status = request.getStatus();
if (status < 200 || status > 299) {
    throw 'Milepost answered ' + status + ': ' + String(answer).substring(0, 300);
}
return 'OK';
