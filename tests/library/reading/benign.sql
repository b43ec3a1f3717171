-- What analysts ask, one question a line. Each orders its rows where it shows more than one.
select count(*) from market.enterprises
select count(*) as n from tax.filings where overdue
select count(distinct uscc) from tax.filings
select uscc, name from market.enterprises where district = 'east' order by uscc
select uscc, name, staff from market.enterprises where staff between 10 and 50 order by staff, uscc
select * from health.inspections where result = 'failed' order by id
select * from market.enterprises order by uscc limit 5
select uscc from market.enterprises where district in ('east', 'west') and kind = 'company' order by 1
select uscc from market.enterprises where not active order by uscc
select uscc from market.enterprises where active = false and staff > 100 order by uscc
select uscc from market.enterprises where district is null order by uscc
select uscc from market.enterprises where district is not null and capital is null order by uscc
select uscc from market.enterprises where founded >= date '2015-01-01' and founded < date '2016-01-01' order by uscc
select uscc from market.enterprises where founded >= '2018-06-01' order by uscc
select uscc from market.enterprises where name like '张记%' order by uscc
select uscc from market.enterprises where name like '%面馆%' order by uscc
select uscc from market.enterprises where name ilike '%茶楼%' order by uscc
select uscc from market.enterprises where kind != 'branch' and (staff < 10 or capital > 400000000) order by uscc
select uscc from market.enterprises where kind <> 'branch' or district = 'north' order by uscc
select uscc from market.enterprises where not (district = 'east' or district = 'west') order by uscc
select uscc from market.enterprises where district not in ('east', 'north') order by uscc
select district, count(*) from market.enterprises group by district order by district
select district, kind, count(*) n from market.enterprises group by district, kind order by 1, 2
select district, count(*) as n from market.enterprises group by 1 having count(*) > 20 order by n desc, 1
select district, avg(staff) from market.enterprises group by district order by district nulls first
select kind, sum(capital), min(capital), max(capital) from market.enterprises group by kind order by kind
select kind, median(staff) from market.enterprises group by all order by all
select year(founded) y, count(*) from market.enterprises group by y order by y
select extract(year from founded) as y, count(*) from market.enterprises group by 1 order by 1
select date_trunc('month', day) m, count(*) from health.inspections group by m order by m
select date_trunc('quarter', day) q, avg(score) from health.inspections group by all order by q
select strftime(day, '%Y-%m') m, count(*) from health.inspections group by m order by m
select month(period), sum(amount) from tax.filings group by 1 order by 1
select result, count(*) filter (where score < 60) low from health.inspections group by result order by result
select sum(case when result = 'failed' then 1 else 0 end) * 1.0 / count(*) from health.inspections
select count(*) filter (where overdue) * 100.0 / count(*) from tax.filings
select case when staff < 10 then 'small' when staff < 100 then 'middle' else 'large' end size, count(*) from market.enterprises group by size order by size
select if(staff > 50, 'large', 'small') s, count(*) from market.enterprises group by s order by s
select coalesce(district, 'unknown') d, count(*) from market.enterprises group by d order by d
select ifnull(remark, '-') r, count(*) from health.inspections group by r order by r
select nullif(district, 'east') d, count(*) from market.enterprises group by d order by d
select uscc, amount / 100.0 as yuan from tax.filings where amount > 80000000 order by amount desc, id
select uscc, round(amount / 100.0, 1) from tax.filings where id = 'F00007'
select floor(score / 10) * 10 as bucket, count(*) from health.inspections group by bucket order by bucket
select score // 10 as bucket, count(*) from health.inspections group by bucket order by bucket
select score % 10 as last_digit, count(*) from health.inspections group by 1 order by 1
select distinct district from market.enterprises order by district
select distinct kind, active from market.enterprises order by kind, active
select distinct on (uscc) uscc, day, score from health.inspections order by uscc, day desc, id
select uscc, upper(kind), lower(name), length(name) from market.enterprises order by uscc limit 10
select substr(uscc, 1, 6) region, count(*) from market.enterprises group by region
select left(name, 1) as f, count(*) from market.enterprises group by f order by f
select substring(name from 1 for 2) s, count(*) from market.enterprises group by s order by s
select concat(district, '/', kind) k, count(*) from market.enterprises group by k order by k
select district || '-' || kind as k, count(*) from market.enterprises group by k order by k
select trim(name) n from market.enterprises order by n limit 3
select replace(name, '记', ' ') from market.enterprises order by uscc limit 3
select uscc from market.enterprises where starts_with(name, '王') order by uscc
select uscc from market.enterprises where contains(name, '五金') order by uscc
select uscc from market.enterprises where regexp_matches(name, '^李.*茶') order by uscc
select uscc from market.enterprises where list_contains(activities, 'food') order by uscc
select uscc, len(activities) from market.enterprises order by 2 desc, 1 limit 5
select a, count(*) from (select unnest(activities) as a from market.enterprises) t group by a order by a
select name, count(*) n from market.enterprises group by name having n > 2 order by n desc, name
select min(founded), max(founded) from market.enterprises
select max(day) - min(day) from health.inspections
select datediff('day', min(day), max(day)) from health.inspections
select uscc, date_diff('year', founded, date '2025-01-01') as age from market.enterprises order by age desc, uscc limit 5
select count(*) from health.inspections where day >= date '2024-12-31' - interval 30 day
select count(*) from health.inspections where day > cast('2024-06-30' as date)
select count(*) from market.enterprises where founded < current_date
select stddev(score), variance(score) from health.inspections where result = 'warned'
select quantile_cont(score, 0.9) from health.inspections
select percentile_cont(0.5) within group (order by score) from health.inspections
select approx_count_distinct(uscc) > 0 from tax.filings
select corr(staff, capital) is not null from market.enterprises
select mode(result) is not null from health.inspections
select arg_max(uscc, amount) from tax.filings
select count_if(overdue) from tax.filings
select bool_and(active), bool_or(active) from market.enterprises
select string_agg(distinct result, ',' order by result) from health.inspections
select list(distinct kind order by kind) from market.enterprises
select cast(score as varchar) from health.inspections order by id limit 2
select try_cast(remark as integer) from health.inspections order by id limit 2
select score::double / 3 from health.inspections order by id limit 2
select uscc, row_number() over (order by capital desc nulls last, uscc) r from market.enterprises order by r limit 10
select uscc, rank() over (partition by district order by staff desc) r from market.enterprises order by district, r, uscc
select period, sum(sum(amount)) over (order by period) running from tax.filings group by period order by period
select id, score - lag(score) over (partition by uscc order by day, id) d from health.inspections order by id
select id, avg(score) over (order by id rows between 2 preceding and current row) m from health.inspections order by id
select uscc, day from health.inspections qualify row_number() over (partition by uscc order by day desc, id) = 1 order by uscc
select district, count(*) * 100.0 / sum(count(*)) over () as share from market.enterprises group by district order by district
select ntile(4) over (order by staff, uscc) q, uscc from market.enterprises order by q, uscc
select district, kind, count(*) from market.enterprises group by rollup (district, kind) order by 1, 2, 3
select district, kind, count(*) from market.enterprises group by cube (district, kind) order by 1, 2, 3
select district, kind, count(*) from market.enterprises group by grouping sets ((district), (kind), ()) order by 1, 2, 3
select uscc as "统一社会信用代码" from market.enterprises order by 1 limit 2
select "name" from "market"."enterprises" order by "uscc" limit 2
select E.NAME from MARKET.ENTERPRISES E order by E.USCC limit 2
select enterprises.name from market.enterprises order by enterprises.uscc limit 2
select market.enterprises.name from market.enterprises order by market.enterprises.uscc limit 2
select e.* from market.enterprises e order by e.uscc limit 2
select * exclude (phone, activities) from market.enterprises order by uscc limit 2
select * replace (upper(kind) as kind) from market.enterprises order by uscc limit 2
from market.enterprises select uscc order by uscc limit 2
select owner_id, count(*) n from market.enterprises group by owner_id having n > 1 order by n desc, owner_id
select phone from market.enterprises order by uscc limit 3
select legal_person from market.enterprises order by uscc limit 3
select year(born) y, count(*) from police.residents group by y order by y
select district, avg(income), count(*) from police.residents group by district order by district
select income, count(*) from police.residents where income > 1000000 group by income order by income
select left(name, 1) as f, count(*) from police.residents group by f order by f
select greatest(score, 60), least(score, 60), abs(score - 70), sqrt(score) from health.inspections order by id limit 3
select -score, +score from health.inspections where score > -1 order by id limit 2
select count(*) from tax.filings where rate >= 0.1
select rate, count(*) from tax.filings group by rate order by rate
select sum(amount * rate) from tax.filings
select uscc from market.enterprises where capital > 100000000 and capital <= 200000000 order by capital, uscc offset 2 limit 3
select uscc from tax.filings where uscc is null
select 1 + 1 as two
select 'a;b--c' as text from market.enterprises limit 1
select count(*) from market.enterprises where name = 'O''Neill'
select /* how many */ count(*) from market.enterprises -- of them all
select count(*) from market."enterprises@1"
select count(*) from "market.enterprises@1" e where e.staff > 5
select count(*) from "tax.filings"
select round(avg(score), 2), round(stddev_pop(score), 3) from health.inspections where day between '2024-02-01' and '2024-04-30'
select last_day(period) d, count(*) from tax.filings group by d order by d
select dayname(day) d, count(*) from health.inspections group by d order by d
select isodow(day) d, count(*) from health.inspections group by d order by d
select first(result order by day, id) from health.inspections
select max(score) - min(score) as spread, count(distinct result) from health.inspections
select uscc, sum(amount) over (partition by uscc order by period, id) s from tax.filings where uscc is not null order by uscc, s
select split_part(name, '记', 2) as k, count(*) from market.enterprises group by k order by k
select id from tax.filings where amount in (1, 2, 3) or amount > 88000000 order by id
select strpos(name, '记') p, count(*) from market.enterprises group by p order by p
select ends_with(uscc, '7') e, count(*) from market.enterprises group by e order by e
select e.name, f.amount from market.enterprises e join tax.filings f on f.uscc = e.uscc where f.overdue order by f.id
select e.district, sum(f.amount) from market.enterprises e join tax.filings f using (uscc) group by e.district order by 1
select e.district, count(*) from market.enterprises e, tax.filings f where e.uscc = f.uscc and f.amount > 50000000 group by 1 order by 1
select e.uscc, f.id from market.enterprises e left join tax.filings f on e.uscc = f.uscc and f.overdue where e.district = 'north' order by 1, 2
select e.uscc from market.enterprises e left join tax.filings f on e.uscc = f.uscc where f.uscc is null order by 1
select e.uscc, count(f.id) n from market.enterprises e left join tax.filings f on f.uscc = e.uscc group by e.uscc order by n desc, 1
select f.id, e.name from tax.filings f left join market.enterprises e on e.uscc = f.uscc where f.amount < 5000000 order by 1
select f.id, e.name from market.enterprises e right join tax.filings f on e.uscc = f.uscc where f.overdue order by 1
select f.id, e.uscc from market.enterprises e full join tax.filings f on e.uscc = f.uscc and e.district = 'east' order by 1, 2
select e.uscc, i.score, f.amount from market.enterprises e join health.inspections i on i.uscc = e.uscc join tax.filings f on f.uscc = e.uscc where i.result = 'failed' and f.overdue order by 1, 2, 3, f.id
select e.district, avg(i.score), sum(f.amount) from market.enterprises e join health.inspections i using (uscc) join tax.filings f using (uscc) group by e.district order by 1
select uscc, name from market.enterprises where uscc in (select uscc from tax.filings where overdue) order by uscc
select uscc from market.enterprises where uscc not in (select uscc from tax.filings where uscc is not null) order by uscc
select uscc from market.enterprises e where exists (select 1 from tax.filings f where f.uscc = e.uscc and f.amount > 80000000) order by 1
select uscc from market.enterprises e where not exists (select * from health.inspections i where i.uscc = e.uscc) order by 1
select uscc from market.enterprises e where (select count(*) from health.inspections i where i.uscc = e.uscc) > 3 order by 1
select uscc, (select max(score) from health.inspections i where i.uscc = e.uscc) best from market.enterprises e order by 1
select e.uscc from market.enterprises e semi join tax.filings f on f.uscc = e.uscc and f.overdue order by 1
select e.uscc from market.enterprises e anti join tax.filings f on f.uscc = e.uscc and f.amount > 40000000 order by 1
with late as (select uscc, sum(amount) owed from tax.filings where overdue group by uscc) select e.name, l.owed from late l join market.enterprises e on e.uscc = l.uscc order by l.owed desc, e.uscc
with late as (select distinct uscc from tax.filings where overdue), bad as (select distinct uscc from health.inspections where result = 'failed') select count(*) from late join bad using (uscc)
with e as (select * from market.enterprises where district = 'east') select kind, count(*) from e group by kind order by kind
with a as (select uscc, staff from market.enterprises), b as (select uscc from a where staff > 150) select * from b order by uscc
with e as (select uscc from market.enterprises where kind = 'branch') select f.id from e join tax.filings f on f.uscc = e.uscc union all select cast(i.id as varchar) from e join health.inspections i on i.uscc = e.uscc order by 1
with enterprises as (select uscc from market.enterprises where staff > 190) select count(*) from enterprises
select d.district, d.n, r.n from (select district, count(*) n from market.enterprises group by district) d join (select district, count(*) n from police.residents group by district) r on d.district = r.district order by 1
select uscc from market.enterprises where district = 'east' union select uscc from tax.filings where overdue order by 1
select uscc from market.enterprises intersect select uscc from health.inspections where score > 95 order by 1
select uscc from tax.filings except select uscc from market.enterprises order by 1
select kind, n from (select kind, count(*) as n from market.enterprises group by kind) where n > 10 order by kind
select a.uscc, b.uscc from market.enterprises a join market.enterprises b on a.name = b.name and a.uscc < b.uscc order by 1, 2
select a.id from health.inspections a join health.inspections b on a.uscc = b.uscc and b.day > a.day where a.result = 'failed' and b.result = 'passed' order by 1, b.id
select e.kind, f.overdue, count(*) from market.enterprises e join tax.filings f on e.uscc = f.uscc where e.staff > 20 and (f.amount > 1000000 or f.overdue) group by all order by all
select e.uscc from market.enterprises e join health.inspections i on i.uscc = e.uscc and i.day >= '2024-11-01' and e.kind = 'company' order by 1, i.id
select x.district, max(x.total) from (select e.district, e.uscc, sum(f.amount) total from market.enterprises e join tax.filings f using (uscc) group by e.district, e.uscc) x group by 1 order by 1
select count(*) from market.enterprises e cross join (select max(score) top from health.inspections) m where e.staff > m.top
select e.uscc, l.id from market.enterprises e join (select uscc, max(id) id from health.inspections group by uscc) l on l.uscc = e.uscc where e.district = 'south' order by 1
select u.a, count(*) from market.enterprises e, unnest(e.activities) as u(a) group by u.a order by 1
select e.uscc, f.period from market.enterprises e inner join tax.filings f on f.uscc = e.uscc and f.period = date '2024-03-01' order by 1, f.id
select count(*) from police.residents r join market.enterprises e on e.owner_id = r.resident_id
select r.district, count(*) from market.enterprises e join police.residents r on r.resident_id = e.owner_id and r.district = e.district group by 1 order by 1
select e.uscc from market.enterprises e where e.staff > (select avg(staff) from market.enterprises) order by 1
select e.district, f.month, f.total from market.enterprises e join (select uscc, month(period) as month, sum(amount) as total from tax.filings group by 1, 2) f on f.uscc = e.uscc where e.kind = 'branch' order by 1, 2, 3, e.uscc
select e.uscc from market.enterprises e left join health.inspections i on i.uscc = e.uscc left join tax.filings f on f.uscc = i.uscc where coalesce(f.overdue, true) group by 1 order by 1
select e.uscc, i.id from market.enterprises e left join health.inspections i on i.uscc = e.uscc and i.result = 'failed' and e.active order by 1, 2
select e.uscc from market.enterprises e left join health.inspections i on i.uscc = e.uscc where i.score < 50 or i.score is null order by 1
