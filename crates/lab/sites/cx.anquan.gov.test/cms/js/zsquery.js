/* zsquery.js 证书查询平台公共脚本 */
function xianshiShijian(id){ var d=new Date(); document.getElementById(id).innerHTML=d.getFullYear()+"年"+(d.getMonth()+1)+"月"+d.getDate()+"日"; }
var zsQueryUrl="/cms/html/zsQuery/zsQuery.do", zsImgUrl="/zsImg";
function piliangDaoru(){ window.location.href=zsQueryUrl+"?method=getPiliang&ref=ch"; }
function yangshi(){ window.open(zsQueryUrl+"?method=getYangshi","yangshi","width=820,height=560"); }
